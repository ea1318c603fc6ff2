"""The report's tables as text cells: HTML and Markdown print the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from compare.collecting.comparison import BilledRun
from compare.cost.exact import dollars
from compare.report import billed
from compare.report.costs import PURPOSE_NAMES
from compare.report.model import Comparison, Cost, CostLine, FunctionTime, Report, RunReport
from compare.report.rows import columns, rows
from compare.report.words import SEGMENT_WORDS, amount, decided, duration, listed, quantile_name
from compare.run import Plan
from compare.statistics import Quantile, Ratio

NOTHING = "-"
QUANTILE_HEAD = ("jobs", "median", "95 % quantile", "99 % quantile")


@dataclass(frozen=True)
class Table:
    """Cells under headings; the columns in ``numbers`` hold figures, the others words."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: range


def segments(report: Report) -> Table:
    """Return the mean parts of the end-to-end time."""
    body = tuple(
        (run.label, *(duration(ms) for ms in run.segments.values()), duration(sum(run.segments.values())))
        for run in report.runs
        if run.segments
    )
    return _table("Mean parts of the end-to-end time", ("run", *SEGMENT_WORDS.values(), "in all"), body)


def latencies(report: Report) -> Table:
    """Return the quantiles of a whole job's times."""
    body = tuple(
        (run.label, name, f"{figures.count:,}", *map(interval, figures.quantiles))
        for run in report.runs
        for name, figures in (
            ("end to end", run.end_to_end),
            ("cold", run.cold),
            ("warm", run.warm),
            ("critical path", run.critical_path),
            ("overhead", run.overhead),
        )
        if figures.count
    )
    return _table("Times with 95 % confidence intervals", ("run", "time", *QUANTILE_HEAD), body, 2)


def steps(report: Report) -> Table:
    """Return the quantiles of each step's own times."""
    body = tuple(
        (run.label, name, f"{figures.count:,}", *map(interval, figures.quantiles))
        for run in report.runs
        for name, figures in run.steps.items()
    )
    return _table("Steps with 95 % confidence intervals", ("run", "step", *QUANTILE_HEAD), body, 2)


def comparisons(report: Report) -> Table:
    """Return the ratio of every two runs' quantiles, and the verdict where there is one."""
    body = tuple(
        (f"{each.first} / {each.second}", quantile_name(ratio), *_ratio(each, ratio))
        for each in report.comparisons
        for ratio in each.ratios
    )
    head = ("runs", "of the", "ratio", "95 % interval", "verdict")
    return Table("Run against run", head, body, range(2, 4))


def totals(report: Report) -> Table:
    """Return what photos cost in all."""
    body = tuple(
        (each.label, each.region, amount(each), dollars(each.month), dollars(each.month_with_free_tier))
        for each in report.costs
    )
    head = ("run", "prices of", "a thousand photos", f"{_month(report)} a month", "the same with free tiers")
    return _table("US dollars", head, body, 2)


def meters(report: Report, costs: Sequence[Cost]) -> Table:
    """Return what photos cost by meter, for runs on one cloud."""
    lines = [{line.meter: line for line in cost.lines} for cost in costs]
    body = tuple(
        (each.meter, each.purpose, *(cell for found in lines for cell in _paid(found.get(each.meter))))
        for each in by_purpose(costs)
    )
    head = ("meter", "for", *(cell for cost in costs for cell in (f"{cost.label}, a thousand", "a month")))
    month = f"a month has {_month(report)} photos, free tiers deducted"
    return _table(f"US dollars by meter: a thousand photos without free tiers; {month}", head, body, 2)


def by_purpose(costs: Iterable[Cost]) -> list[CostLine]:
    """Return a line for each meter of any of the costs, those for one purpose together."""
    lines = {line.meter: line for cost in costs for line in cost.lines}
    return sorted(lines.values(), key=lambda line: PURPOSE_NAMES.index(line.purpose))


def volumes(report: Report) -> Table:
    """Return the cost of a month by how many photos it has."""
    body = tuple(
        (f"{points[0].images:,}", *(dollars(point.amount) for point in points))
        for points in zip(*(cost.volumes for cost in report.costs), strict=True)
    )
    head = ("photos a month", *(cost.label for cost in report.costs))
    return Table("US dollars a month, with free tiers", head, body, range(len(head)))


def lines(cost: Cost) -> Table:
    """Return every line of a thousand photos' bill."""
    body = tuple(
        (
            line.meter,
            line.title,
            line.formula,
            f"{billed.quantity(line.quantity)} {line.unit}",
            f"${line.price:f} for {line.per}" + (f", first of {line.tiers} tiers" if line.tiers > 1 else ""),
            dollars(line.amount)
            + (f" ({dollars(line.low)} to {dollars(line.high)})" if line.low != line.high else ""),
            line.status,
            f"{line.source}, {line.date}, {line.url}",
        )
        for line in cost.lines
    )
    head = ("meter", "what", "how it was counted", "quantity", "price", "amount", "status", "source")
    return Table(f"{cost.label}: a thousand photos without free tiers", head, body, range(3, 6))


def fusions(report: Report) -> Table:
    """Return the GB-seconds of both granularities and what they are made of."""
    head = ("billed", "computing", "moving bytes", "minimums and bookkeeping", "as they were sent")
    body = tuple(
        (each.label, f"{each.jobs:,}", *map(_number, _parts(each)))
        for fusion in report.fusions
        for each in (fusion.stepwise, fusion.fused)
    )
    return _table("GB-seconds for a thousand photos", ("run", "warm jobs", *head), body)


def _parts(time: FunctionTime) -> tuple[float, ...]:
    return time.billed, time.compute, time.moving, time.rest, time.as_sent


def photos(report: Report) -> Table:
    """Return every photo that is shown, step by step."""
    return _table("Step by step, in milliseconds", columns(report), tuple(rows(report)), 3)


def runs(report: Report) -> Table:
    """Return what was run where and when, a column for each run."""
    facts = [_facts(run) for run in report.runs]
    body = tuple((name, *(each[name] for each in facts)) for name in facts[0])
    head = ("", *(run.label for run in report.runs))
    return Table("What was run", head, body, range(0))


def _facts(report: RunReport) -> dict[str, str]:
    run, counts = report.run, report.counts
    return {
        "name": run.name,
        "stack": f"{run.cloud}, {run.orchestrator}, {run.granularity}, {run.memory_mb:,} MB, "
        f"{run.architecture}, {run.region}",
        "recipe": run.recipe,
        "where": run.where,
        "began": run.started,
        "ended": run.ended or "unfinished",
        "plan": _plan(run.plan),
        "uploads": f"{counts.uploads:,}, and {counts.warm_up:,} to warm up",
        **{name: f"{getattr(counts, name):,}" for name in ("succeeded", "rejected", "failed", "lost")},
        "made with": listed([f"{name} {version}" for name, version in run.versions.items()]),
    }


def _plan(plan: Plan) -> str:
    if plan.burst_size == 1:
        return f"{plan.bursts:,} uploads, one after another"
    pace = f"at {plan.rate:g} a second" if plan.rate else "at once"
    return f"{plan.bursts:,} times {plan.burst_size:,} uploads, {pace}"


def assumptions(report: Report) -> Table:
    """Return what metering assumed, and why."""
    body = tuple((each.text, f"{each.value:,}", each.reason) for each in report.assumptions)
    return Table("What metering assumes", ("figure", "value", "because"), body, range(1, 2))


def by_platform(run: BilledRun) -> list[Table]:
    """Return the tables of what a run's platform said it billed."""
    told = (
        Table("Meter by meter", billed.METER_HEAD, tuple(billed.meter_rows(run)), range(1, 4)),
        _table("Function by function", billed.FUNCTION_HEAD, tuple(billed.function_rows(run))),
    )
    return [table for table in told if table.rows]


def crossings(report: Report) -> list[str]:
    """Say where two runs cost the same, or that no two do."""
    if report.break_evens:
        return [
            f"Up to {point.images:,} photos a month ({dollars(point.amount)}) {point.below} costs less, "
            f"beyond that {point.above}."
            for point in report.break_evens
        ]
    alone = len(report.costs) < 2
    return [] if alone else ["No two of the runs change places at any volume shown."]


def spread(run: RunReport) -> str:
    """Say how far the medians of a run's bursts lie apart."""
    if run.spread is None:
        return ""
    low, high = duration(run.spread.low), duration(run.spread.high)
    return f"{run.label}: the medians of its {run.spread.bursts} bursts lie between {low} and {high}."


def interval(figure: Quantile) -> str:
    """Return a quantile with its interval, or the reason that there is none."""
    if figure.low is None:
        return f"{duration(figure.value)} (too few)"
    return f"{duration(figure.value)} ({duration(figure.low)} to {duration(figure.high)})"


def _table(title: str, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...], words: int = 1) -> Table:
    return Table(title, head, rows, range(words, len(head)))


def _ratio(comparison: Comparison, ratio: Ratio) -> tuple[str, str, str]:
    if ratio.value is None or ratio.low is None or ratio.high is None:
        return NOTHING, NOTHING, decided(comparison, ratio)
    return f"{ratio.value:.2f}", f"{ratio.low:.2f} to {ratio.high:.2f}", decided(comparison, ratio)


def _paid(line: CostLine | None) -> tuple[str, str]:
    return (dollars(line.amount), dollars(line.month_with_free_tier)) if line else (NOTHING, NOTHING)


def _month(report: Report) -> str:
    return f"{report.costs[0].images_per_month:,}" if report.costs else NOTHING


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}"
