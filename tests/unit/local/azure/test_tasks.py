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
    done: list[str] = []

    async def work(name: str, may_end: asyncio.Event) -> None:
        await may_end.wait()
        done.append(name)

    async def play() -> None:
        group = Tasks(LOG)
        names = ("late", "early", "never")
        late, early, never = may_end = [asyncio.Event() for _ in names]
        for each in zip(names[:2], may_end, strict=False):
            group.add(work(*each))
        early.set()
        await group.first()
        assert (done, len(group)) == (["early"], 1)
        late.set()
        await group.all()
        group.add(work("never", never))
        group.cancel()
        await group.all()
        assert len(group) == 0

    asyncio.run(play())
    assert done == ["early", "late"]
    assert caplog.text == ""
