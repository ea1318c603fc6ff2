"""Background tasks: an error is told, an end is awaited."""

import asyncio
import logging

import pytest

from local.azure import tasks
from local.azure.tasks import Tasks

LOG = logging.getLogger("test")


async def fail() -> None:
    raise ValueError("unforeseen")


def test_an_error_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def play() -> None:
        await asyncio.gather(tasks.start(fail(), LOG), return_exceptions=True)

    asyncio.run(play())
    assert "unforeseen" in caplog.text


def test_tasks_run_side_by_side_and_are_dropped(caplog: pytest.LogCaptureFixture) -> None:
    done: list[float] = []

    async def work(seconds: float) -> None:
        await asyncio.sleep(seconds)
        done.append(seconds)

    async def play() -> None:
        group = Tasks(LOG)
        for seconds in (0.2, 0.01):
            group.add(work(seconds))
        await group.first()
        assert (done, len(group)) == ([0.01], 1)
        await group.all()
        group.add(work(60))
        group.cancel()
        await group.all()
        assert len(group) == 0

    asyncio.run(play())
    assert done == [0.01, 0.2]
    assert caplog.text == ""
