"""The report's tables as text cells, the same in HTML and Markdown."""

from __future__ import annotations

from compare.collecting.comparison import BilledRun
from compare.figures import duration, listed
from compare.report import billed
from compare.report.model import Comparison, Counts, Report, RunReport
from compare.report.rows import columns, rows
from compare.report.table import NOTHING, Table
from compare.report.words import SEGMENT_WORDS, amount, decided, month, quantile_name
from compare.run import OUTCOMES, Plan, Run, RunBatch
from compare.statistics import Quantile, Ratio

QUANTILE_HEAD = ("jobs", "median", "95 % quantile", "99 % quantile")

OF_A_REVIEW = ("refused", "expired")  # shown only for runs that had any


def overview(report: Report) -> Table:
    """Return each run's settings, times and costs in a line."""
    costs = {cost.label: cost for cost in report.costs}
    body = tuple(
        (
            run.label,
            settings(run.run),
            interval(run.end_to_end.quantiles[0]) if run.end_to_end.count else NOTHING,
            interval(run.end_to_end.quantiles[1]) if run.end_to_end.count else NOTHING,
            amount(costs[run.label]) if run.label in costs else NOTHING,
            month(costs[run.label]) if run.label in costs else NOTHING,
            outcomes(run.counts),
        )
        for run in report.runs
    )
    head = ("run", "settings", *QUANTILE_HEAD[1:3], "a thousand photos", "a month", "uploads")
    title = (
        f"End-to-end times with 95 % confidence intervals; list prices of a thousand photos without free "
        f"tiers, and of {report.images_per_month:,} a month with them"
    )
    return Table(title, head, body, range(2, 6))


def settings(run: Run) -> str:
    """Return the settings and the region of a run's stack in a few words."""
    faults = f", faults: {run.chaos}" if run.chaos else ""
    return (
        f"{run.cloud}, {run.orchestrator}, {run.granularity}, {run.memory_mb:,} MB, {run.architecture}, "
        f"{run.region}, recipe {run.recipe}{faults}"
    )


def outcomes(counts: Counts) -> str:
    """Return how many uploads ended how."""
    return ", ".join(f"{getattr(counts, word):,} {word}" for word in OUTCOMES if getattr(counts, word))


def segments(report: Report) -> Table:
    """Return the mean parts of the end-to-end time."""
    body = tuple(
        (run.label, *(duration(ms) for ms in run.segments.values()), duration(sum(run.segments.values())))
        for run in report.runs
        if run.segments
    )
    return Table.of("Mean parts of the end-to-end time", ("run", *SEGMENT_WORDS.values(), "total"), body)


def latencies(report: Report) -> Table:
    """Return the quantiles of the end-to-end times and their parts."""
    body = tuple(
        (run.label, name, f"{figures.count:,}", *map(interval, figures.quantiles))
        for run in report.runs
        for name, figures in (
            ("end to end", run.end_to_end),
            ("cold", run.cold),
            ("warm", run.warm),
            ("critical path", run.critical_path),
            ("overhead", run.overhead),
            ("waiting for a person, beside these", run.review),
            ("asking the front door, before these", run.asking),
        )
        if figures.count
    )
    return Table.of("Times with 95 % confidence intervals", ("run", "time", *QUANTILE_HEAD), body, 2)


def steps(report: Report) -> Table:
    """Return the quantiles of each step's durations."""
    body = tuple(
        (run.label, name, f"{figures.count:,}", *map(interval, figures.quantiles))
        for run in report.runs
        for name, figures in run.steps.items()
    )
    return Table.of("Steps with 95 % confidence intervals", ("run", "step", *QUANTILE_HEAD), body, 2)


def comparisons(report: Report) -> Table:
    """Return the ratios of quantiles for each pair of runs, with the verdict."""
    body = tuple(
        (f"{each.first} / {each.second}", quantile_name(ratio), *_ratio(each, ratio))
        for each in report.comparisons
        for ratio in each.ratios
    )
    head = ("runs", "of the", "ratio", "95 % interval", "verdict")
    return Table("Pairs of runs", head, body, range(2, 4))


def photos(report: Report) -> Table:
    """Return the step times of every photo that is shown."""
    return Table.of("Step by step, in milliseconds", columns(report), tuple(rows(report)), 3)


def runs(report: Report) -> Table:
    """Return the conditions of each run, one column for each."""
    facts = [_facts(run) for run in report.runs]
    rows = ((name, *(each[name] for each in facts)) for name in facts[0])
    body = tuple(row for row in rows if row[0] not in OF_A_REVIEW or set(row[1:]) != {"0"})
    head = ("", *(run.label for run in report.runs))
    return Table("Conditions of the runs", head, body, range(0))


def _facts(report: RunReport) -> dict[str, str]:
    run, counts = report.run, report.counts
    return {
        "name": run.name,
        "stack": f"{run.cloud}, {run.orchestrator}, {run.granularity}, {run.memory_mb:,} MB, "
        f"{run.architecture}, {run.region}",
        "recipe": run.recipe,
        "where": f"{run.where}, {run.rests_on}" if run.rests_on else run.where,
        "began": run.started,
        "ended": run.ended or "unfinished",
        "plan": _batch(run.batch) if run.batch else _plan(run.plan),
        "uploads": f"{counts.uploads:,}, and {counts.warm_up:,} for warm-up",
        **{name: f"{getattr(counts, name):,}" for name in OUTCOMES},
        "made with": listed([f"{name} {version}" for name, version in run.versions.items()]),
    }


def _batch(batch: RunBatch) -> str:
    return f"the batch {batch.id[:12]} of {batch.items:,} items, {batch.concurrency:,} at once"


def _plan(plan: Plan) -> str:
    if plan.burst_size == 1:
        return f"{plan.bursts:,} uploads, one after another"
    pace = f"at {plan.rate:g} a second" if plan.rate else "at once"
    return f"{plan.bursts:,} times {plan.burst_size:,} uploads, {pace}"


def assumptions(report: Report) -> Table:
    """Return the assumptions of metering, and the reasons for them."""
    body = tuple((each.text, each.figure, each.reason) for each in report.assumptions)
    return Table("What metering assumes", ("figure", "value", "reason"), body, range(1, 2))


def by_platform(run: BilledRun) -> list[Table]:
    """Return the tables of the usage that a run's platform reported."""
    all_tables = (
        Table("Meter by meter", billed.METER_HEAD, tuple(billed.meter_rows(run)), range(1, 4)),
        Table.of("Function by function", billed.FUNCTION_HEAD, tuple(billed.function_rows(run))),
    )
    return [table for table in all_tables if table.rows]


def spread(run: RunReport) -> str:
    """Say how much the medians of a run's bursts vary."""
    if run.spread is None:
        return ""
    low, high = duration(run.spread.low), duration(run.spread.high)
    return f"{run.label}: the medians of its {run.spread.bursts} bursts range from {low} to {high}."


def interval(figure: Quantile) -> str:
    """Return a quantile with its interval, or the reason why it has none."""
    if figure.low is None:
        return f"{duration(figure.value)} (too few samples)"
    return f"{duration(figure.value)} ({duration(figure.low)} to {duration(figure.high)})"


def _ratio(comparison: Comparison, ratio: Ratio) -> tuple[str, str, str]:
    if ratio.value is None or ratio.low is None or ratio.high is None:
        return NOTHING, NOTHING, decided(comparison, ratio)
    return f"{ratio.value:.2f}", f"{ratio.low:.2f} to {ratio.high:.2f}", decided(comparison, ratio)
