"""Predict: simulate a workload at the book's values, and at draws of them for the intervals.

The value of a figure is the median of repetitions at the book's values. Its interval holds the middle 90 % of
what the draws give, each with its own random numbers: so it carries the uncertainty of the parameters, the
discrepancies of the mechanisms among them, and the chance in one run of this size.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from simulation.batch import as_items
from simulation.book import Book, Values, load
from simulation.execution import Totals
from simulation.once import simulate
from simulation.streams import Streams
from simulation.workload import Workload

QUANTILES = {"p50": 50.0, "p95": 95.0, "p99": 99.0}
ENOUGH_JOBS = 600  # for the values
MOST_REPETITIONS = 15
DRAWS = 40
LEAST_DRAWS = 8
DRAWN_JOBS = 40_000  # over all draws
EXTRAPOLATED = {
    "aws.express": "Express has no published latency",
    "aws.durable": "of durable functions only a checkpointed step has a published latency",
    "azure.scheduler": "the Durable Task Scheduler has no published latency",
}

type Figures = dict[str, float]


@dataclass(frozen=True)
class Figure:
    """A predicted figure, and the interval that should hold it nine times out of ten."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Prediction:
    """The figures of a workload by name; the ones with a quantile are named ``hop_s.p50``.

    ``totals`` are those of the first repetition, ``extrapolated`` says what has no published data.
    """

    workload: Workload
    figures: Mapping[str, Figure]
    totals: Sequence[Totals]
    extrapolated: tuple[str, ...]


def predict(
    workload: Workload,
    book: Book | None = None,
    *,
    draws: int | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> Prediction:
    """Simulate the workload and return its figures; ``progress`` is told the share that is done."""
    book, workload = book or load(), as_items(workload)
    jobs = max(1, workload.arrivals.jobs)
    repetitions = max(1, min(MOST_REPETITIONS, ceil(ENOUGH_JOBS / jobs)))
    drawn = _smaller(workload)
    if draws is None:
        draws = max(LEAST_DRAWS, min(DRAWS, DRAWN_JOBS // max(1, drawn.arrivals.jobs)))
    done, all_ = 0, repetitions + draws

    def once(each: Workload, values: Values, number: int) -> list[Totals]:
        nonlocal done
        totals = simulate(each, values, each.seed * 10_007 + number)
        done += 1
        progress(done / all_)
        return totals

    values = book.values()
    first = once(workload, values, 0)
    nominal = [figures(first), *(figures(once(workload, values, at)) for at in range(1, repetitions))]
    generator = Streams(workload.seed).generator("parameters")
    spread = [figures(once(drawn, book.draw(generator), 5_000 + at)) for at in range(draws)]
    reference = nominal if drawn is workload else [figures(once(drawn, values, 0))]
    return Prediction(
        workload,
        {name: _figure(name, nominal, reference, spread) for name in nominal[0]},
        first,
        tuple(extrapolations(workload)),
    )


def figures(bursts: Sequence[Totals]) -> Figures:
    """Return the figures of one simulation."""
    first, last, arrived, path = (
        np.concatenate([np.asarray(getattr(each, name)) for each in bursts])
        for name in ("first", "last", "arrived", "path")
    )
    began = first >= 0
    end_to_end = np.where(began, last - first, 0.0)
    hops = np.concatenate([np.asarray(each.hops) for each in bursts])
    tasks = sum(each.tasks for each in bursts)
    found = {
        "jobs": float(len(first)),
        "makespan_s": float(np.mean(end_to_end)) if len(end_to_end) else 0.0,
        "all_done_s": float(np.median([each.all_done for each in bursts])),
        "instances": float(max(each.instances for each in bursts)),
        "cold_share": sum(each.cold for each in bursts) / max(1, tasks),
        "throttled": float(sum(each.throttled for each in bursts)),
        "billed.executions": float(sum(each.executions for each in bursts)),
        "billed.gb_seconds": sum(each.gb_seconds for each in bursts),
        "billed.transitions": float(sum(each.transitions for each in bursts)),
        "failed": float(sum(each.states.get("failed", 0) for each in bursts)),
    }
    asked = np.concatenate([np.asarray(each.asked) for each in bursts])
    for name, times in (
        *((("asking_s", asked),) if len(asked) else ()),
        ("end_to_end_s", end_to_end),
        ("hop_s", hops),
        ("overhead_s", np.maximum(0.0, end_to_end - path)),
        ("sojourn_s", last - arrived),
    ):
        cuts = np.percentile(times, list(QUANTILES.values())) if len(times) else np.zeros(len(QUANTILES))
        found |= {f"{name}.{quantile}": float(cut) for quantile, cut in zip(QUANTILES, cuts, strict=True)}
    return found


def _figure(
    name: str, nominal: Sequence[Figures], reference: Sequence[Figures], spread: Sequence[Figures]
) -> Figure:
    value = float(np.median([each[name] for each in nominal]))
    around = float(np.median([each[name] for each in reference]))
    low, high = np.percentile([each[name] for each in spread], [5, 95])
    scale = value / around if around else 1.0  # where the draws simulate less than the values do
    return Figure(value, min(value, float(low) * scale), max(value, float(high) * scale))


def _smaller(workload: Workload) -> Workload:
    """Return a workload of the same load for the draws, shorter if simulating it often would take long."""
    arrivals, most = workload.arrivals, DRAWN_JOBS // LEAST_DRAWS
    if arrivals.jobs <= most:
        return workload
    if arrivals.kind == "burst":
        return replace(workload, arrivals=replace(arrivals, bursts=max(1, most // arrivals.count)))
    if arrivals.kind == "batch":
        return replace(workload, arrivals=replace(arrivals, count=most))
    if arrivals.kind == "trace":
        return replace(workload, arrivals=replace(arrivals, trace=arrivals.trace[:most]))
    hours = arrivals.hours * most / arrivals.jobs
    return replace(workload, arrivals=replace(arrivals, hours=hours))


def extrapolations(workload: Workload) -> list[str]:
    """Return what of the workload no published measurement covers."""
    platform = workload.platform
    found = [EXTRAPOLATED[platform.name]] if platform.name in EXTRAPOLATED else []
    if workload.arrivals.kind == "batch":
        found.append("how soon a batch begins its next item has no published measurement")
    if platform.cloud == "azure" and platform.plan == "flex":
        found.append("the Flex Consumption plan has single published samples only")
    if platform.cloud == "azure" and platform.threads > 1:
        found.append("Python with several threads on Azure has no published measurement")
    return found
