"""Folders in the user's cache, shared by all checkouts; they appear atomically."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from core.cache import root
from local.toolchain.progress import say

__all__ = ["drafting", "locked", "root"]


@contextmanager
def locked(lock: Path, waiting: str) -> Iterator[None]:
    """Hold a lock file; if another process holds it, say ``waiting`` and wait.

    The system releases the lock when the process ends, however it ends.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    held = FileLock(lock)
    try:
        held.acquire(blocking=False)
    except Timeout:
        say(waiting)
        held.acquire()
    try:
        yield
    finally:
        held.release()


@contextmanager
def drafting(folder: Path) -> Iterator[Path]:
    """Yield an empty folder to fill, which becomes ``folder`` on success and is deleted otherwise.

    Use it under a lock: the remains of an interrupted draft are deleted first.
    """
    draft = folder.with_name(f"{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        yield draft
        shutil.rmtree(folder, ignore_errors=True)
        draft.replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
