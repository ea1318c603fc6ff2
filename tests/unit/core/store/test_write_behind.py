from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace

import pytest

from core.chaos import during, strike
from core.deployment.variables import CHAOS
from core.errors import StoreError, StoreUnavailable
from core.job import Job
from core.memory import MemoryStore
from core.steps import Tools, execute
from core.store import write_behind
from core.store.write_behind import THREADS, WriteBehind

PATIENCE = 30  # seconds, for what happens at once unless the code is wrong


class Store(MemoryStore):
    """A store that calls ``before(key)`` before it puts, and notes how many puts there are at one time."""

    def __init__(self, before: Callable[[str], object] = lambda key: None) -> None:
        super().__init__()
        self.most = self._now = 0
        self._before = before
        self._lock = threading.Lock()

    def put(self, key: str, data: bytes, content_type: str) -> None:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            self._before(key)
            super().put(key, data, content_type)
        finally:
            with self._lock:
                self._now -= 1


def fail(key: str) -> None:
    if key.startswith("bad"):
        raise StoreUnavailable(f"The store was busy for {key}.")


def put(store: WriteBehind, *keys: str, data: bytes = b"abc") -> None:
    for key in keys:
        store.put(key, data, "image/png")


def test_a_put_is_not_waited_for_and_all_are_there_in_the_end() -> None:
    gate = threading.Event()
    store = Store(lambda key: gate.wait(PATIENCE))
    with WriteBehind(store) as sending:
        put(sending, "a", "b")
        assert not store.objects
        gate.set()
        sending.finish()
        assert store.objects == {"a": b"abc", "b": b"abc"}
        assert store.content_types == {"a": "image/png", "b": "image/png"}


def test_puts_go_on_side_by_side_but_not_too_many() -> None:
    # Nobody gets past it alone; a fifth put would have to wait for the next four.
    barrier = threading.Barrier(THREADS, timeout=PATIENCE)
    store = Store(lambda key: barrier.wait())
    with WriteBehind(store) as sending:
        put(sending, *map(str, range(2 * THREADS)))
        sending.finish()
    assert store.most == THREADS
    assert len(store.objects) == 2 * THREADS


def test_few_bytes_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_behind, "MOST_BYTES", 5)
    store = Store(lambda key: time.sleep(0.005))
    with WriteBehind(store) as sending:
        put(sending, "a", "b", "c", data=b"1234")
        put(sending, "larger than may be held", data=b"123456")
        sending.finish()
    assert store.most == 1
    assert len(store.objects) == 4


def test_the_first_error_is_raised_by_a_later_call() -> None:
    with WriteBehind(Store(fail)) as sending:
        put(sending, "a", "bad 1")
        with pytest.raises(StoreUnavailable, match="busy for bad 1"):
            put(sending, *(f"bad {number}" for number in range(2, 2 + THREADS)))
    with WriteBehind(Store(fail)) as sending:
        put(sending, "bad")
        with pytest.raises(StoreUnavailable, match="busy for bad"):
            sending.finish()


def test_an_error_of_the_step_itself_comes_first() -> None:
    def put_and_err() -> None:
        with WriteBehind(Store(fail)) as sending:
            put(sending, "bad")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        put_and_err()


@pytest.mark.parametrize("error", [None, StoreError("The disk is full.")])
def test_no_thread_outlives_the_block(error: Exception | None) -> None:
    before = set(threading.enumerate())
    try:
        with WriteBehind(Store(lambda key: time.sleep(0.005))) as sending:
            put(sending, *"abcdef")
            if error:
                raise error
    except StoreError:
        pass
    assert set(threading.enumerate()) == before


def test_what_is_read_or_put_again_is_waited_for() -> None:
    entered: list[str] = []

    def slow_at_first(key: str) -> None:
        entered.append(key)
        if len(entered) == 1:
            time.sleep(0.02)

    store = Store(slow_at_first)
    with WriteBehind(store) as sending:
        put(sending, "a", data=b"old")
        put(sending, "a", data=b"new")
        assert sending.get("a", 3) == b"new"
    assert store.objects == {"a": b"new"}


def test_a_put_sees_the_context_of_its_step() -> None:
    step: ContextVar[str] = ContextVar("step", default="nothing")
    seen = []
    step.set("resize")
    with WriteBehind(Store(lambda key: seen.append(step.get()))) as sending:
        put(sending, "a")
        sending.finish()
    assert seen == ["resize"]


def test_what_hits_a_put_does_not_follow_from_which_thread_is_first(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CHAOS, "seed=7 throttle=0.3 error=0.3")

    def drawn(*order: str) -> dict[str, list[str | None]]:
        struck: dict[str, list[str | None]] = {}
        done = {key: threading.Event() for key in order}

        def in_order(key: str) -> None:
            for earlier in order[: order.index(key)]:
                done[earlier].wait(PATIENCE)
            struck[key] = [strike() for _ in range(20)]
            done[key].set()

        with during("optimize", job, 1), WriteBehind(Store(in_order)) as sending:
            put(sending, "a", "b", "c")
            sending.finish()
        return struck

    first = drawn("a", "b", "c")
    assert drawn("c", "a", "b") == first
    assert len({tuple(each) for each in first.values()}) == 3


def test_a_step_ends_when_all_is_written_and_waited_no_longer_than_it_ran(
    job: Job, tools: Tools, encode, colourful
) -> None:
    tools.input.objects[job.source.key] = encode(colourful, "JPEG")
    slow = Store(lambda key: time.sleep(0.05))
    began = time.perf_counter()
    done = execute("process", job, replace(tools, output=slow))
    took = (time.perf_counter() - began) * 1000
    assert set(slow.objects) == {each.key for each in done.artifacts}
    (entry,) = done.trace
    # The six puts take longer together than the step, but it can't have waited longer than it ran.
    assert 0 < entry.upload_ms <= entry.download_ms + entry.compute_ms + entry.upload_ms <= took
    assert entry.bytes_out == sum(map(len, slow.objects.values()))


def test_a_step_fails_if_its_last_put_does(job: Job, tools: Tools, encode, colourful) -> None:
    def fail_last(key: str) -> None:
        if key.endswith("filtered.webp"):
            raise StoreUnavailable("The store was busy.")

    tools.input.objects[job.source.key] = encode(colourful, "JPEG")
    with pytest.raises(StoreUnavailable, match="was busy"):
        execute("process", job, replace(tools, output=Store(fail_last)))
