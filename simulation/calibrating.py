"""Fit parameters to what was measured: this machine's work on photos, or what a real run shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median
from typing import Any

import numpy as np

from compare.clock import milliseconds
from compare.folder import RunFolder
from compare.run import Run, RunError
from core.trace import TraceEntry
from core.workflow.granularity import all_steps
from simulation.book import Parameter, load
from simulation.execution import Execution
from simulation.measuring import StepWork
from simulation.once import bursts
from simulation.platforms.aws_lambda import MB_PER_CPU
from simulation.runs import stamp
from simulation.workload import Arrivals, Flow, Photos, Platform, Workload

SPREAD = 1.25  # how far a fitted value may be off, beside what its samples say
LEAST_JOBS = 10
LEAST_S = 0.001
ROUNDS = 4
# What a hop between activities consists of. It is scaled as a whole: a run does not show its parts.
AZURE_HOP = tuple(
    f"azure.{part}"
    for part in (
        "queue_s",
        "push_s",
        "table_s",
        "tail_s",
        "activity_s",
        "episode_s",
        "event_s",
        "poll_least_s",
        "poll_growth",
        "start_gap_s",
    )
)


@dataclass(frozen=True)
class Change:
    """A parameter that was fitted, and what it was before."""

    before: Parameter
    after: Parameter

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the row of a table."""
        name, unit = self.after.name, self.after.unit
        return name, f"{self.before.value:.4g}", f"{self.after.value:.4g}", unit, self.after.source

    @property
    def document(self) -> dict[str, Any]:
        """Return the change as JSON values."""
        return {
            "parameter": self.after.name,
            "was": self.before.value,
            "value": self.after.value,
            "low": self.after.low,
            "high": self.after.high,
            "unit": self.after.unit,
            "source": self.after.source,
        }

    @property
    def toml(self) -> str:
        """Return the parameter as a table of a book."""
        each = self.after
        return (
            f'["{each.name}"]\nvalue = {each.value!r}\nlow = {each.low!r}\nhigh = {each.high!r}\n'
            f'unit = "{each.unit}"\nsource = "{each.source}"\ndate = {each.date}\nstatus = "{each.status}"\n'
        )


def from_photos(work: Mapping[str, StepWork], today: datetime | None = None) -> list[Change]:
    """Return the parameters of the photo pipeline's work, as measured on this machine."""
    day = f"{today or datetime.now(UTC):%Y-%m-%d}"
    found = []
    for step, each in work.items():
        source = f"twinlens calibrate on this machine; the fit is off by {each.error:.0%} on average"
        for name, value in (
            (f"{step}_fixed_s", each.fixed_s),
            (f"{step}_per_megapixel_s", each.per_megapixel_s),
        ):
            found += _changed(f"work.{name}", value, SPREAD, source, day)
    return found


def from_run(folder: RunFolder) -> list[Change]:
    """Return what a real run shows: the speed of its processors, hops, deliveries, and store requests.

    Raises:
        RunError: The run was simulated, or too few of its jobs succeeded.
    """
    run = folder.run
    if run.where == "simulated":
        raise RunError(f"{folder.path} was simulated; parameters are fitted to measured runs only.")
    jobs = [each for each in folder.jobs if each.state == "succeeded" and not each.warm_up and each.job]
    if len(jobs) < LEAST_JOBS:
        raise RunError(
            f"{folder.path} has {len(jobs)} succeeded jobs; at least {LEAST_JOBS} are needed to fit anything."
        )
    traces = [sorted(each.job.trace, key=lambda entry: entry.started) for each in jobs if each.job]
    sizes = [
        each.job.photo.width * each.job.photo.height / 1e6 for each in jobs if each.job and each.job.photo
    ]
    source = f"twinlens calibrate on {run.name}, {len(jobs):,} jobs"
    day = run.started[:10]
    share = min(1.0, run.memory_mb / MB_PER_CPU) if run.cloud == "aws" else 1.0
    found = _fitted("work.pace", _paces(traces, sizes, share), source, day)
    delivered = [
        (milliseconds(each.job.accepted_at) - milliseconds(each.sent)) / 1000 for each in jobs if each.job
    ]
    hops = [hop for trace in traces for hop in _hops(trace)]
    begun = min(milliseconds(each.sent) for each in jobs)
    arrivals = tuple(
        ((milliseconds(each.sent) - begun) / 1000, size) for each, size in zip(jobs, sizes, strict=True)
    )
    values = load().values() | {each.after.name: each.after.value for each in found}
    parts = AZURE_HOP
    if run.cloud == "aws":
        parts = tuple(f"aws.{run.orchestrator}_{part}_s" for part in ("transition", "dispatch"))
    event = f"stores.{run.cloud}_event_s"
    for _ in range(ROUNDS):
        # What the model says of this very run, by the same statistics; its parts are scaled as a whole.
        said = [each for burst in bursts(_workload(run, arrivals), values) for each in burst.executions]
        if hops:
            ours = [hop for each in said for hop in _hops(_trace(each, run.memory_mb))]
            scale = median(hops) / median(ours)
            values |= {part: values[part] * scale for part in parts}
        took = median(each.accepted - each.arrived for each in said)
        values[event] = max(LEAST_S, values[event] + median(delivered) - took)
    changed = (event, *parts) if hops else (event,)
    return found + [each for name in changed for each in _changed(name, values[name], SPREAD, source, day)]


def _workload(run: Run, arrivals: tuple[tuple[float, float], ...]) -> Workload:
    """Return the run as a workload: the same photos at the same times."""
    platform = Platform(
        name=f"{run.cloud}.{run.orchestrator}", memory_mb=run.memory_mb, architecture=run.architecture
    )
    flow = Flow(granularity=run.granularity, recipe=run.recipe)
    return Workload(Arrivals(kind="trace", trace=tuple(sorted(arrivals))), Photos(), flow, platform)


def _trace(execution: Execution, memory_mb: int) -> list[TraceEntry]:
    """Return the steps of an execution in the order in which they began, as a run has them."""
    steps = {step.name for step in all_steps()}
    logs = sorted(
        (each for each in execution.log or () if each.activity in steps), key=lambda each: each.began
    )
    return [
        TraceEntry(
            each.activity, each.attempt, stamp(each.began), stamp(each.ended), each.cold,
            str(each.instance), memory_mb, 0.0, 0.0, 0.0, 0, 0,
        )
        for each in logs
    ]  # fmt: skip


def _paces(traces: Sequence[Sequence[TraceEntry]], sizes: Sequence[float], share: float) -> list[float]:
    """Return how long warm steps computed, relative to the book's work on the same share of a core.

    Steps that ran beside others are left out: what they share, the model knows already.
    """
    values, found = load().values(), []
    for trace, size in zip(traces, sizes, strict=True):
        for entry in trace:
            fixed = values.get(f"work.{entry.step}_fixed_s")
            beside = any(each is not entry and _overlap(each, entry) for each in trace)
            if fixed is not None and not entry.cold and not beside:
                expected = (fixed + values[f"work.{entry.step}_per_megapixel_s"] * size) / share
                found.append(max(0.01, entry.compute_ms / 1000 / expected))
    return found


def _overlap(one: TraceEntry, other: TraceEntry) -> bool:
    return one.started < other.ended and other.started < one.ended


def _hops(trace: Sequence[TraceEntry]) -> list[float]:
    """Return the seconds from the end of a step to the start of the next, where one follows the other."""
    found = []
    for before, after in pairwise(trace):
        gap = (milliseconds(after.started) - milliseconds(before.ended)) / 1000
        if gap > 0:
            found.append(gap)
    return found


def _fitted(name: str, samples: Iterable[float], source: str, day: str) -> list[Change]:
    found = list(samples)
    if not found:
        return []
    middle = float(np.median(found))
    # The median of so many samples is this uncertain; real clouds differ between days beyond that.
    low, high = np.percentile(found, [25, 75]).tolist()
    spread = max(SPREAD, (high / max(low, 1e-9)) ** (1.0 / max(1.0, len(found) ** 0.5)))
    return _changed(name, middle, spread, source, day)


def _changed(name: str, value: float, spread: float, source: str, day: str) -> list[Change]:
    before = load().parameters.get(name)
    if before is None:
        return []
    value = round(max(value, 1e-7), 7)
    low, high = round(value / spread, 7), round(value * spread, 7)
    after = replace(before, value=value, low=low, high=high, source=source, date=day, status="measured")
    return [Change(before, after)]
