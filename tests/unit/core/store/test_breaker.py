from __future__ import annotations

import pytest

from core.errors import ObjectMissing, StoreUnavailable
from core.store.breaker import FAILURES, PAUSE_SECONDS, Breaker
from core.workflow.retries import Retry


class Clock:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock)


def call(breaker: Breaker, error: Exception | None = None) -> bool:
    """Tell whether a call that ends so was let through."""
    through = False
    try:
        with breaker.guarding("object 'a'"):
            through = True
            if error:
                raise error
    except (StoreUnavailable, ObjectMissing):
        pass
    return through


def fail(breaker: Breaker, times: int = FAILURES) -> None:
    assert all(call(breaker, StoreUnavailable("busy")) for _ in range(times))


def test_it_opens_after_failures_in_a_row(breaker: Breaker) -> None:
    fail(breaker)
    assert not call(breaker)
    with (
        pytest.raises(
            StoreUnavailable,
            match="No request was sent to the store for object 'b': it failed 3 calls in a row",
        ),
        breaker.guarding("object 'b'"),
    ):
        pass


@pytest.mark.parametrize("answer", [None, ObjectMissing("There is none.")])
def test_any_answer_closes_it(breaker: Breaker, answer: Exception | None) -> None:
    fail(breaker, FAILURES - 1)
    call(breaker, answer)
    fail(breaker, FAILURES - 1)
    assert call(breaker)


def test_after_the_pause_all_are_let_through_until_one_fails(breaker: Breaker, clock: Clock) -> None:
    fail(breaker)
    clock.seconds += PAUSE_SECONDS
    fail(breaker, 1)
    assert not call(breaker)
    clock.seconds += PAUSE_SECONDS
    assert call(breaker)
    fail(breaker, FAILURES - 1)
    assert call(breaker)


def test_the_pause_is_shorter_than_that_between_two_tries_of_a_step() -> None:
    assert Retry(()).interval > PAUSE_SECONDS
