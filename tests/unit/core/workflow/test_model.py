import pytest

from core.errors import SettingsError
from core.workflow.retries import Retry, table_for


def test_waits_grow_up_to_the_longest():
    retry = Retry((), interval=2, backoff_rate=3, max_interval=10)
    assert [retry.wait(retries) for retries in range(3)] == [2, 6, 10]


def test_the_first_table_that_lists_an_error_is_its_table():
    first, second = Retry(("A", "B")), Retry(("B", "C"))
    assert [table_for(name, (first, second)) for name in "ABCD"] == [first, first, second, None]


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"max_attempts": -1}, "max_attempts is -1; it must be 0 or more"),
        ({"interval": 0}, "interval is 0; it must be 1 second or more"),
        ({"backoff_rate": 0.5}, "backoff_rate is 0.5; it must be 1 or more"),
        ({"interval": 5, "max_interval": 5}, "max_interval is 5; it must be more than its interval"),
    ],
)
def test_numbers_that_step_functions_would_refuse_are_refused(numbers, message):
    with pytest.raises(SettingsError, match=message):
        Retry((), **numbers)


def test_numbers_at_the_edge_of_what_step_functions_accepts_are_taken():
    retry = Retry((), max_attempts=0, interval=1, backoff_rate=1, max_interval=2)
    assert [retry.wait(retries) for retries in range(3)] == [1, 1, 1]


def test_a_retry_that_says_no_more_is_made_twice_at_growing_intervals():
    retry = Retry(("A",))
    assert (retry.max_attempts, retry.jitter) == (2, "full")
    assert [retry.wait(retries) for retries in range(2)] == [3, 4.5]
