"""The memory for pictures in a worker that processes several photos at once.

Each photo takes what it needs before it is decoded, and waits while the others leave too little. So all of
them together stay within the worker's memory, and none ends its neighbours. A worker that processes one
photo at a time, as on AWS Lambda, has nothing to share.
"""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from core.deployment.variables import PHOTO_MB, WAIT_SECONDS
from core.errors import WorkerBusy


class _Memory:
    """How much memory photos have taken, in MB; thread-safe."""

    def __init__(self) -> None:
        self._taken = 0
        self._given_back = threading.Condition()
        # Held by the photo that waits, so that a large one is not overtaken by small ones for ever.
        self._turn = threading.Lock()

    def take(self, mb: int, total_mb: int, seconds: float) -> bool:
        """Take the memory; return ``False`` if there was too little for so many seconds."""
        until = time.monotonic() + seconds
        if not self._turn.acquire(timeout=seconds):
            return False
        try:
            with self._given_back:
                there = self._given_back.wait_for(
                    lambda: self._taken + mb <= total_mb, max(0.0, until - time.monotonic())
                )
                self._taken += mb * there
            return there
        finally:
            self._turn.release()

    def give_back(self, mb: int) -> None:
        with self._given_back:
            self._taken -= mb
            self._given_back.notify_all()


# mallopt(3): blocks from this size on are returned to the system when they are freed. Otherwise glibc raises
# the size to that of the largest freed block, and each thread keeps the blocks of its largest photo.
M_MMAP_THRESHOLD, RETURNED_BYTES = -3, 2**20

_MEMORY = _Memory()
_step: ContextVar[list[int] | None] = ContextVar("step", default=None)


@cache
def _return_freed_blocks() -> None:
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):  # other C libraries have no such option, and keep less
        library.mallopt(M_MMAP_THRESHOLD, RETURNED_BYTES)


def shared_mb() -> int:
    """Return the MB for pictures that all photos in this worker share; 0 if it has one photo at a time."""
    return int(os.environ.get(PHOTO_MB, 0))


@contextmanager
def of_a_step() -> Iterator[None]:
    """Give back what :func:`take` takes within, when the step has ended."""
    if shared_mb():
        _return_freed_blocks()
    taken: list[int] = []
    token = _step.set(taken)
    try:
        yield
    finally:
        _step.reset(token)
        _MEMORY.give_back(sum(taken))


def take(mb: int) -> None:
    """Take memory for a step's photo, which is not more than :func:`shared_mb`; wait until it is there.

    Raises:
        WorkerBusy: Other photos left too little for :data:`~core.deployment.variables.WAIT_SECONDS`.
    """
    taken, total_mb = _step.get(), shared_mb()
    if taken is None or not total_mb:
        return
    more = max(0, min(mb, total_mb) - sum(taken))
    seconds = float(os.environ.get(WAIT_SECONDS, 0))
    if not _MEMORY.take(more, total_mb, seconds):
        raise WorkerBusy(
            f"The photo needs {mb:,} MB of memory, and for {seconds:g} s other photos left too little of the "
            f"{total_mb:,} MB that they share."
        )
    taken.append(more)
