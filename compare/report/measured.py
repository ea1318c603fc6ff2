"""A run laid out in time, once for every part of the report."""

from __future__ import annotations

from dataclasses import dataclass

from compare.clock import ClockOffset, clock_offset
from compare.folder import RunFolder
from compare.run import JobRecord
from compare.timeline import Timeline, timeline


@dataclass(frozen=True)
class MeasuredJob:
    """One upload outside the warm-up; ``timeline`` is ``None`` where it was lost."""

    record: JobRecord
    timeline: Timeline | None


@dataclass(frozen=True)
class MeasuredRun:
    """A run under the name that the report gives it."""

    label: str
    folder: RunFolder
    clock: ClockOffset | None
    jobs: tuple[MeasuredJob, ...]

    @property
    def times(self) -> list[Timeline]:
        """Return the times that count: those of the jobs that succeeded."""
        return [job.timeline for job in self.jobs if job.record.state == "succeeded" and job.timeline]


def measure(folder: RunFolder, label: str) -> MeasuredRun:
    """Lay out all jobs of a run but its warm-up, on the client's clock.

    An emulator on the client's own machine has the client's clock.
    """
    clock = clock_offset(folder.jobs) if folder.run.where == "cloud" else None
    correction = clock.correction_ms if clock else 0.0
    jobs = tuple(
        MeasuredJob(record, timeline(record, correction)) for record in folder.jobs if not record.warm_up
    )
    return MeasuredRun(label, folder, clock, jobs)
