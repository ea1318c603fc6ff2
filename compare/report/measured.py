"""The timelines of a run's jobs, computed once for all parts of the report."""

from __future__ import annotations

from dataclasses import dataclass

from compare.clock import ClockOffset, clock_offset
from compare.folder import RunFolder
from compare.run import JobRecord
from compare.timeline import Timeline, timeline


@dataclass(frozen=True)
class MeasuredJob:
    """One upload outside the warm-up; ``timeline`` is ``None`` if the job was lost."""

    record: JobRecord
    timeline: Timeline | None


@dataclass(frozen=True)
class MeasuredRun:
    """A run with its label in the report."""

    label: str
    folder: RunFolder
    clock: ClockOffset | None
    jobs: tuple[MeasuredJob, ...]

    @property
    def times(self) -> list[Timeline]:
        """Return the timelines of the jobs that succeeded."""
        return [job.timeline for job in self.jobs if job.record.state == "succeeded" and job.timeline]


def measure(folder: RunFolder, label: str) -> MeasuredRun:
    """Compute the timelines of a run's jobs except the warm-up, on the client's clock.

    An emulator runs on the client's machine and shares its clock.
    """
    clock = clock_offset(folder.jobs) if folder.run.where == "cloud" else None
    correction = clock.correction_ms if clock else 0.0
    jobs = tuple(
        MeasuredJob(record, timeline(record, correction)) for record in folder.jobs if not record.warm_up
    )
    return MeasuredRun(label, folder, clock, jobs)
