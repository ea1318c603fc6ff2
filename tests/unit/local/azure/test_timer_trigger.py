"""When a timer's function runs."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import UTC, datetime, timedelta

import pytest

from local.azure.errors import DeploymentError, FunctionError
from local.azure.process import Value
from local.azure.timer_trigger import Schedule, TimerTrigger

LOG = logging.getLogger(__name__)
NOON = datetime(2026, 2, 27, 12, 0, 0, 500, tzinfo=UTC)  # a Friday


@pytest.mark.parametrize(
    ("schedule", "following"),
    [
        ("* * * * * *", "2026-02-27T12:00:01"),
        ("0 */30 * * * *", "2026-02-27T12:30:00"),
        ("0 17 3 * * *", "2026-02-28T03:17:00"),
        ("30 5,10-12 * * * *", "2026-02-27T12:05:30"),
        ("0 0 0 1 * *", "2026-03-01T00:00:00"),
        ("0 0 9 * * 1-5", "2026-03-02T09:00:00"),
        ("0 45/10 11 * * *", "2026-02-28T11:45:00"),
        ("0 0 0 29 2 *", "2028-02-29T00:00:00"),
        ("0 0 0 * * MON", "2026-03-02T00:00:00"),
        ("0 0 0 1 * MON", "2026-06-01T00:00:00"),
    ],
)
def test_the_next_moment_of_a_schedule(schedule: str, following: str) -> None:
    assert Schedule.parse(schedule).after(NOON).isoformat() == f"{following}+00:00"


@pytest.mark.parametrize(
    ("schedule", "told"),
    [
        ("*/5 * * * *", "has 5 fields"),
        ("0 61 * * * *", "0 61 .* is not valid"),
        ("0 0 0 L * *", "field 'L', not NCRONTAB"),
        ("0 0 0 * * 5#2", "field '5#2', not NCRONTAB"),
        ("0 5-3-1 * * * *", "field '5-3-1', not NCRONTAB"),
        ("0 5, * * * *", "field '5,', not NCRONTAB"),
        ("0 */0 * * * *", "is not valid"),
    ],
)
def test_an_invalid_schedule_is_refused_by_name(schedule: str, told: str) -> None:
    with pytest.raises(DeploymentError, match=told):
        Schedule.parse(schedule)


def test_a_schedule_without_a_moment_is_refused() -> None:
    with pytest.raises(DeploymentError, match="no occurrence"):
        Schedule.parse("0 0 0 31 2 *").after(NOON)


class Often(Schedule):
    """A schedule whose next moment is always a moment away."""

    def after(self, moment: datetime) -> datetime:
        return moment + timedelta(milliseconds=5)


def test_the_function_runs_at_each_moment_and_goes_on_after_a_failure() -> None:
    given: list[Value] = []

    async def run(value: Value) -> None:
        given.append(value)
        if len(given) == 1:
            raise FunctionError("broken")

    async def play() -> None:
        trigger = TimerTrigger(Often(""), run, LOG)
        async with asyncio.timeout(10):
            while len(given) < 3:
                await asyncio.sleep(0.005)
        await trigger.stop()

    asyncio.run(play())
    assert json.loads(given[0]["value"]) == {"IsPastDue": False}


def test_a_run_that_began_ends_before_the_trigger_has_stopped() -> None:
    ended: list[str] = []

    async def play() -> None:
        began = asyncio.Event()

        async def run(_: Value) -> None:
            began.set()
            await asyncio.sleep(0.05)
            ended.append("ended")

        trigger = TimerTrigger(Often(""), run, LOG)
        await began.wait()
        await trigger.stop()
        assert ended

    asyncio.run(play())


def test_it_can_be_run_now_and_says_how_that_failed() -> None:
    async def play() -> None:
        async def run(_: Value) -> None:
            raise FunctionError("broken")

        trigger = TimerTrigger(Schedule.parse("0 0 0 29 2 *"), run, LOG)
        with pytest.raises(FunctionError, match="broken"):
            await trigger.fire()
        await trigger.stop()

    asyncio.run(play())
