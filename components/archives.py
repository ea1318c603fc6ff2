"""The folder of finished archives: which are in use, and which can be deleted."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from filelock import FileLock

KEPT = 5  # of each cloud and processor: going back to a setting or a commit finds its archive ready
# Pulumi reads an archive during the whole deployment, possibly in several processes.
IN_USE_SECONDS = 3600
INTERRUPTED_SECONDS = 24 * 3600  # no build takes that long


def take(archive: Path) -> bool:
    """Return whether the archive exists; if so, it is not removed for the next hour."""
    try:
        with _alone(archive.parent):
            os.utime(archive)
    except FileNotFoundError:
        return False
    return True


def prune(folder: Path) -> None:
    """Remove all but the archives that were taken last or within the hour, and what broken builds left."""
    with _alone(folder):
        now = time.time()
        of_kind: dict[str, list[Path]] = {}
        for archive in sorted(folder.glob("*.zip"), key=_taken, reverse=True):
            of_kind.setdefault(archive.stem.rpartition("-")[0], []).append(archive)
        for archives in of_kind.values():
            for archive in archives[KEPT:]:
                if now - _taken(archive) > IN_USE_SECONDS:
                    archive.unlink()
        for left in folder.iterdir():
            if left.is_dir() and now - _taken(left) > INTERRUPTED_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


def _taken(path: Path) -> float:
    return path.stat().st_mtime


def _alone(folder: Path) -> FileLock:
    """Return the lock that keeps other processes from taking or removing archives."""
    return FileLock(folder / ".lock")
