"""What one step did and how long it took: the raw material of every report."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from core.deployment.variables import MEMORY_MB

# One value for the life of a worker process: the first step it runs is its cold start.
INSTANCE = uuid.uuid4().hex[:12]
_steps_run = 0


def now() -> str:
    """Return the current time as ISO 8601 in UTC with milliseconds."""
    return stamp(datetime.now(UTC))


def stamp(moment: datetime) -> str:
    """Return a moment in UTC as text; of two, the earlier one sorts first."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class TraceEntry:
    """One run of one step. Times are ISO 8601 UTC, durations milliseconds, sizes bytes.

    ``download_ms`` and ``upload_ms`` are how long the step waited for transfers, and ``compute_ms`` is the
    rest: an upload that runs while the step computes (:mod:`core.store.write_behind`) does not count as
    waiting.
    ``rejected`` says that the step is a gate and rejected the photo.
    """

    step: str
    attempt: int
    started: str
    ended: str
    cold: bool
    instance: str
    memory_mb: int
    download_ms: float
    compute_ms: float
    upload_ms: float
    bytes_in: int
    bytes_out: int
    rejected: bool = False


@dataclass
class Stopwatch:
    """Adds up how long a step waits for transfers; the rest of its time is compute."""

    step: str
    attempt: int
    download_ms: float = 0.0
    upload_ms: float = 0.0
    bytes_in: int = 0
    bytes_out: int = 0
    started: str = field(default_factory=now)
    _began: float = field(default_factory=time.perf_counter)

    @contextmanager
    def waiting(self, moving: Literal["download", "upload"]) -> Iterator[None]:
        """Count the time within as waiting for a download or an upload."""
        began = time.perf_counter()
        try:
            yield
        finally:
            took_ms = (time.perf_counter() - began) * 1000
            if moving == "download":
                self.download_ms += took_ms
            else:
                self.upload_ms += took_ms

    def stop(self, *, rejected: bool = False) -> TraceEntry:
        """Return the finished entry, and count the step towards this worker's life."""
        global _steps_run
        total_ms = (time.perf_counter() - self._began) * 1000
        cold, _steps_run = _steps_run == 0, _steps_run + 1
        return TraceEntry(
            step=self.step,
            attempt=self.attempt,
            started=self.started,
            ended=now(),
            cold=cold,
            instance=INSTANCE,
            memory_mb=memory_mb(),
            download_ms=round(self.download_ms, 3),
            compute_ms=round(max(0.0, total_ms - self.download_ms - self.upload_ms), 3),
            upload_ms=round(self.upload_ms, 3),
            bytes_in=self.bytes_in,
            bytes_out=self.bytes_out,
            rejected=rejected,
        )


def memory_mb() -> int:
    """Return the memory configured for this worker in MB; 0 if unknown."""
    given = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE") or os.environ.get(MEMORY_MB)
    return int(given) if given else 0
