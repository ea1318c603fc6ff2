"""A Durable orchestration as the interpreter's host, without any SDK."""

from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_OID, uuid5

import pytest

from handlers.azure.host import DurableHost

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


class Context:
    instance_id = "instance"

    def __init__(self, now=BEGAN):
        self.current_utc_datetime = now
        self.ids = 0

    def get_input(self):
        return {"id": "1"}

    def new_uuid(self):
        self.ids += 1
        return str(uuid5(NAMESPACE_OID, f"instance {self.ids}"))

    def call_activity(self, name, input_):
        return ("activity", name, input_)

    def set_custom_status(self, status):
        self.status = status

    def create_timer(self, fire_at):
        return ("timer", fire_at)

    def task_any(self, tasks):
        assert isinstance(tasks, list), "1.x takes a list and nothing else"
        return ("any", tasks)


def test_its_tasks_are_the_sdk_s():
    host = DurableHost(Context())

    assert host.input() == {"id": "1"}
    assert host.call("resize", {"attempt": 1}) == ("activity", "resize", {"attempt": 1})
    assert host.first(("a", "b")) == ("any", ["a", "b"])


def test_its_status_has_the_steps_that_are_done():
    context = Context()
    host = DurableHost(context)

    host.done("validate")
    before = context.status
    host.done("resize")

    assert (before, context.status) == (["validate"], ["validate", "resize"])


@pytest.mark.parametrize("now", [BEGAN, BEGAN.replace(tzinfo=None)], ids=["aware", "naive"])
def test_its_time_is_utc_and_a_timer_s_moment_is_like_the_sdk_s(now):
    host = DurableHost(Context(now))

    assert host.now() == BEGAN
    assert host.wait_until(host.now() + timedelta(hours=1)) == ("timer", now + timedelta(hours=1))


def test_an_execution_is_named_after_its_instance_and_an_id_of_its_own():
    host = DurableHost(Context())

    assert host.execution == f"instance/{uuid5(NAMESPACE_OID, 'instance 1')}"
    assert host.execution == DurableHost(Context()).execution, "a replay finds the same"


def test_its_random_numbers_are_spread_evenly_and_the_same_in_every_replay():
    first, again = DurableHost(Context()), DurableHost(Context())
    numbers = [first.random() for _ in range(400)]

    assert numbers == [again.random() for _ in range(400)]
    assert all(0 <= number < 1 for number in numbers)
    for quarter in range(4):
        assert 70 < sum(quarter <= number * 4 < quarter + 1 for number in numbers) < 130
