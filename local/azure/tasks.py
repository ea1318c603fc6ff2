"""Background tasks whose errors are logged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine


def start(work: Coroutine[object, object, None], log: logging.Logger) -> asyncio.Task[None]:
    """Run ``work`` in the background and log the error if it fails."""

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("The task %s ended with an error.", task.get_coro(), exc_info=error)

    task = asyncio.create_task(work)
    task.add_done_callback(ended)
    return task


class Tasks:
    """Short concurrent tasks, each dropped when it is done."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._running: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._running)

    def add(self, work: Coroutine[object, object, None]) -> None:
        """Run ``work`` concurrently with the other tasks."""
        task = start(work, self._log)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def first(self) -> None:
        """Wait until one of the tasks is done."""
        await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)

    async def all(self) -> None:
        """Wait until all tasks are done."""
        await asyncio.gather(*self._running, return_exceptions=True)

    def cancel(self) -> None:
        """Cancel all tasks."""
        for task in self._running:
            task.cancel()
