"""What one job asks of the platform, whether it ran or is only imagined."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from compare.clock import milliseconds
from compare.metering.path import tasks, visited
from compare.run import JobRecord
from core.job import Job
from core.trace import TraceEntry
from core.workflow.model import State, Step, Task
from core.workflow.pipeline import PIPELINE


@dataclass(frozen=True)
class Span:
    """A stretch of time, in whole milliseconds, in which an instance was at work."""

    instance: str
    began_ms: int
    ended_ms: int


@dataclass(frozen=True)
class StepLoad:
    """One step of a job: its last run, and how many runs it took, each taken to last as long.

    A step that never finished left no trace: its span is empty.
    """

    name: str
    span: Span
    cold: bool = False
    attempts: int = 1


@dataclass(frozen=True)
class JobLoad:
    """What ``count`` jobs like this one ask of the platform each.

    ``states`` are those of the workflow that the job entered. ``gets`` and ``puts`` are the object reads and
    writes of its steps, the upload itself being one more write. Sizes are bytes, times milliseconds.
    """

    states: tuple[State, ...]
    steps: tuple[StepLoad, ...]
    began_ms: int
    ended_ms: int
    gets: int
    puts: int
    kept_bytes: int
    document_bytes: int
    failed: bool = False
    count: int = 1

    @classmethod
    def of(cls, record: JobRecord) -> JobLoad | None:
        """Return the load of a job that ran; ``None`` for an upload that was lost."""
        job = record.job
        if job is None or record.recorded_at is None:
            return None
        finished = [_step(entry) for entry in job.trace]
        states = visited(PIPELINE, record.state, {step.name for step in finished})
        ended = round(milliseconds(record.recorded_at))
        steps = (*finished, *_unfinished(job, states, finished, ended))
        return cls(
            states=states,
            steps=steps,
            began_ms=round(milliseconds(job.accepted_at)),
            ended_ms=ended,
            gets=input_reads(states) + len(job.renditions),
            puts=len(job.renditions) + len(job.artifacts),
            kept_bytes=job.source.size + sum(artifact.size for artifact in job.artifacts),
            document_bytes=len(json.dumps(job.to_document())),
            failed=record.state != "succeeded",
        )

    @property
    def retries(self) -> int:
        """How many runs of steps were not the first."""
        return sum(step.attempts - 1 for step in self.steps)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The states that do something, steps and bookkeeping alike."""
        return tasks(self.states)

    def times(self, count: int) -> JobLoad:
        """Return the same load for so many jobs, none of which shares an instance with another."""
        return replace(self, count=count)


def input_reads(states: tuple[State, ...]) -> int:
    """Return how many of the states read the uploaded photo."""
    return sum("input" in task.action.reads for task in tasks(states) if isinstance(task.action, Step))


def _step(entry: TraceEntry) -> StepLoad:
    span = Span(entry.instance, round(milliseconds(entry.started)), round(milliseconds(entry.ended)))
    return StepLoad(entry.step, span, entry.cold, entry.attempt)


def _unfinished(
    job: Job, states: tuple[State, ...], finished: list[StepLoad], ended: int
) -> Iterator[StepLoad]:
    """Yield the steps that were entered and failed, tried as often as the job's error allows."""
    known = {step.name for step in finished}
    for task in tasks(states):
        if isinstance(task.action, Step) and task.name not in known:
            again = task.retry is not None and job.error is not None and job.error.name in task.retry.errors
            tries = 1 + (task.retry.more_tries if again and task.retry else 0)
            yield StepLoad(task.name, Span("", ended, ended), attempts=tries)
