"""The load of a job on the platform, measured or planned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import msgspec

from compare.clock import milliseconds
from compare.metering.path import Path, path
from compare.run import ApiCalls, JobRecord
from core.job import Job
from core.trace import TraceEntry
from core.workflow.model import DUPLICATE, Step, Workflow
from core.workflow.retries import table_for

# In the ARN of an execution: that of an express one has ":express:" there.
STANDARD_EXECUTION = ":execution:"


@dataclass(frozen=True)
class Span:
    """A time span, in whole milliseconds, in which an instance was busy."""

    instance: str
    began_ms: int
    ended_ms: int


@dataclass(frozen=True)
class StepLoad:
    """One step of a job: the span of its last attempt, and the number of attempts, assumed equally long.

    ``cpu_ms`` is the part of the span in which it computed. A step that never finished has no trace, and its
    span is empty.
    """

    name: str
    span: Span
    cold: bool = False
    attempts: int = 1
    cpu_ms: int = 0


@dataclass(frozen=True)
class JobLoad:
    """The load of each of ``count`` equal jobs.

    ``path`` is the job's path through the workflow. ``gets`` and ``puts`` are the object reads and writes of
    its steps, not counting the upload itself. Of the ``puts``, ``work_puts`` are pictures for the next step,
    of ``work_bytes`` in all, which are deleted again. Sizes are in bytes, times in milliseconds. Jobs that
    are ``alone`` share no instance with another job. ``waited_ms`` is the time from the upload to the
    acceptance of a job that a standard execution of Step Functions ran, and absent for any other. A person
    decided about a job that was ``reviewed``. Its outputs have ``output_bytes`` together. ``api``
    are the calls of the front door for it, if a run counted them. An item of a batch, of which ``at_once``
    run together, is no upload: its photo was in the store before, and is no part of ``kept_bytes``.
    """

    path: Path
    steps: tuple[StepLoad, ...]
    began_ms: int
    ended_ms: int
    gets: int
    puts: int
    kept_bytes: int
    document_bytes: int
    output_bytes: int = 0
    work_puts: int = 0
    work_bytes: int = 0
    failed: bool = False
    count: int = 1
    alone: bool = False
    waited_ms: int | None = None
    reviewed: bool = False
    api: ApiCalls | None = None
    at_once: int = 0

    @classmethod
    def of(cls, record: JobRecord, workflow: Workflow, at_once: int = 0) -> JobLoad | None:
        """Return the load of a job that ran this workflow, or ``None`` if the job was lost."""
        job = record.job
        if job is None or record.recorded_at is None:
            return None
        finished = [_step(entry) for entry in job.trace]
        way = path(workflow, record.state, frozenset(step.name for step in finished), _gate(job))
        outputs = sum(artifact.size for artifact in job.artifacts)
        ended = round(milliseconds(record.recorded_at))
        steps = (*finished, *_unfinished(job, way, finished, ended))
        return cls(
            path=way,
            steps=steps,
            began_ms=round(milliseconds(job.accepted_at)),
            ended_ms=ended,
            gets=way.input_reads + len(job.renditions),
            puts=len(job.renditions) + len(job.artifacts),
            kept_bytes=outputs + (0 if at_once else job.source.size),
            output_bytes=outputs,
            document_bytes=len(msgspec.json.encode(job)),
            work_puts=len(job.renditions),
            work_bytes=_work_bytes(job),
            failed=record.state != "succeeded",
            waited_ms=_waited(job),
            reviewed=job.review is not None,
            api=record.api,
            at_once=at_once,
        )

    @classmethod
    def skipped(cls, workflow: Workflow, count: int, at_once: int) -> JobLoad:
        """Return the load of items that have their pictures: each ends at its claim and leaves nothing."""
        way = path(workflow, DUPLICATE, frozenset())
        return cls(way, (), 0, 0, 0, 0, 0, 0, count=count, alone=True, at_once=at_once)

    @property
    def uploads(self) -> int:
        """The number of jobs that an upload started."""
        return 0 if self.at_once else self.count

    @property
    def outputs(self) -> int:
        """The number of results."""
        return self.puts - self.work_puts

    @property
    def retries(self) -> int:
        """The number of attempts after the first, over all steps."""
        return sum(step.attempts - 1 for step in self.steps)

    def times(self, count: int) -> JobLoad:
        """Return the same load for ``count`` jobs that share no instances."""
        return replace(self, count=count, alone=True)


def _waited(job: Job) -> int | None:
    if STANDARD_EXECUTION not in job.execution:
        return None
    return max(0, round(milliseconds(job.accepted_at) - milliseconds(job.uploaded_at)))


def _gate(job: Job) -> str:
    """Return the gate that rejected the photo, or nothing if none did."""
    if job.state != "rejected" or not job.trace:
        return ""
    last = job.trace[-1]
    # Traces did not always say so. The only gate was then validation, which tells what the photo is.
    return last.step if last.rejected or job.photo is None else ""


def _step(entry: TraceEntry) -> StepLoad:
    span = Span(entry.instance, round(milliseconds(entry.started)), round(milliseconds(entry.ended)))
    return StepLoad(entry.step, span, entry.cold, entry.attempt, round(entry.compute_ms))


def _work_bytes(job: Job) -> int:
    """Return the bytes that steps wrote for other steps: all that they wrote, less the outputs."""
    written = sum(entry.bytes_out for entry in job.trace)
    return max(0, written - sum(artifact.size for artifact in job.artifacts)) if job.renditions else 0


def _unfinished(job: Job, way: Path, finished: list[StepLoad], ended: int) -> Iterator[StepLoad]:
    """Yield the steps that failed, with as many attempts as the job's error allows."""
    known = {step.name for step in finished}
    for task in way.tasks:
        if isinstance(task.action, Step) and task.name not in known:
            table = table_for(job.error.name, task.retry) if job.error else None
            yield StepLoad(
                task.name, Span("", ended, ended), attempts=1 + (table.max_attempts if table else 0)
            )
