"""Compute the latency distributions of a run."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import fmean

from compare.clock import milliseconds
from compare.report.measured import MeasuredRun
from compare.report.model import Counts, Latency, Point, RunReport, Sample
from compare.run import OUTCOMES, JobRecord
from compare.statistics import quantile, spread
from compare.timeline import SEGMENTS, Timeline

QUANTILES = (0.5, 0.95, 0.99)
CURVE_POINTS = 300
SAMPLES = 400
SLOWEST = 40


def run_report(measured: MeasuredRun) -> RunReport:
    """Summarize one run."""
    times = measured.times
    end_to_end = [each.end_to_end_ms for each in times]
    sent = [record for record in measured.folder.jobs if not record.warm_up]
    return RunReport(
        label=measured.label,
        run=measured.folder.run,
        counts=counts(measured.folder.jobs),
        clock=measured.clock,
        end_to_end=latency(end_to_end),
        cold=latency([each.end_to_end_ms for each in times if each.cold]),
        warm=latency([each.end_to_end_ms for each in times if not each.cold]),
        critical_path=latency([each.critical_path_ms for each in times]),
        overhead=latency([each.overhead_ms for each in times]),
        review=latency([each.review_ms for each in times if each.review_ms]),
        asking=latency([each.api.asked_ms for each in sent if each.api]),
        segments=mean_segments(times),
        steps=_steps(times),
        spread=spread(each for each in bursts(measured) if len(each) > 1),
        curve=curve(end_to_end),
        over_time=over_time(measured),
    )


def latency(samples: Sequence[float]) -> Latency:
    """Return the distribution of ``samples``, in milliseconds."""
    mean = fmean(samples) if samples else None
    return Latency(len(samples), mean, tuple(quantile(samples, p) for p in QUANTILES))


def counts(records: Iterable[JobRecord]) -> Counts:
    """Count the uploads by final state."""
    records = tuple(records)
    states = [record.state for record in records if not record.warm_up]
    return Counts(
        uploads=len(states),
        **{each: states.count(each) for each in OUTCOMES},
        warm_up=len(records) - len(states),
    )


def curve(samples: Sequence[float]) -> tuple[Point, ...]:
    """Return the cumulative distribution, evenly thinned where there are more than a few hundred samples."""
    ordered = sorted(samples)
    count = len(ordered)
    kept = min(count, CURVE_POINTS)
    ranks = sorted({max(1, round(count * number / kept)) for number in range(kept + 1)}) if count else []
    return tuple(Point(ordered[rank - 1], rank / count) for rank in ranks)


def over_time(measured: MeasuredRun) -> tuple[Sample, ...]:
    """Return the succeeded jobs in the order sent; of many, the slowest and an even share of the rest."""
    done = [job for job in measured.jobs if job.record.state == "succeeded" and job.timeline]
    if not done:
        return ()
    began = min(milliseconds(job.record.sent) for job in done)
    found = [
        Sample((milliseconds(job.record.sent) - began) / 1000, job.timeline.end_to_end_ms, job.timeline.cold)
        for job in done
        if job.timeline
    ]
    if len(found) > SAMPLES:
        slowest = sorted(found, key=lambda each: -each.ms)[:SLOWEST]
        found = [*slowest, *found[:: math.ceil(len(found) / (SAMPLES - SLOWEST))]]
    return tuple(sorted(set(found), key=lambda each: (each.at_s, each.ms)))


def mean_segments(times: Sequence[Timeline]) -> dict[str, float]:
    """Return the mean of each part of the end-to-end time; the parts add up to its mean."""
    split = [each.segments() for each in times]
    return {name: fmean(each[name] for each in split) for name in SEGMENTS} if split else {}


def bursts(measured: MeasuredRun) -> list[list[float]]:
    """Return the end-to-end times of the run's jobs, burst by burst."""
    found: dict[int, list[float]] = defaultdict(list)
    for job in measured.jobs:
        if job.record.state == "succeeded" and job.timeline:
            found[job.record.burst].append(job.timeline.end_to_end_ms)
    return list(found.values())


def _steps(times: Sequence[Timeline]) -> dict[str, Latency]:
    durations: dict[str, list[float]] = defaultdict(list)
    for each in times:
        for step in each.steps:
            durations[step.step].append(step.end_ms - step.start_ms)
    return {step: latency(samples) for step, samples in durations.items()}
