"""The report's cost tables as text cells, the same in HTML and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compare.cost.break_even import VOLUMES
from compare.cost.exact import dollars, ranged
from compare.cost.purposes import PURPOSES
from compare.cost.verdict import TEMPLATES
from compare.figures import counted
from compare.report.cost_model import Cost, CostLine, FunctionTime, VolumePoint
from compare.report.model import Report
from compare.report.table import NOTHING, Table

HEADLINE_VOLUMES = (1_000, 10_000, 50_000, 100_000, 1_000_000, 10_000_000)


def cheapest(report: Report) -> Table:
    """Return the cheapest run and the best of the other cloud by volume, and what can be claimed."""
    body = tuple(_cheapest(report, at) for at, each in enumerate(VOLUMES) if each in HEADLINE_VOLUMES)
    head = ("photos a month", "cheapest", "a month", "next", "a month", "claim")
    return Table(
        "Cheapest run and the best of the other cloud, in US dollars with free tiers", head, body, range(1)
    )


def _cheapest(report: Report, at: int) -> tuple[str, ...]:
    clouds = {run.label: run.run.cloud for run in report.runs}
    points = {cost.label: cost.volumes[at] for cost in report.costs}
    best, *rest = sorted(points, key=lambda label: points[label].amount)
    rest.sort(key=lambda label: clouds[label] == clouds[best])
    cells = [f"{points[best].images:,}", best, _ranged(points[best])]
    if not rest:
        return (*cells, NOTHING, NOTHING, NOTHING)
    own, other = points[best], points[rest[0]]
    certain = (
        (own.low, own.amount, own.high) < (other.low, other.amount, other.high)
        and own.low < other.low
        and own.high < other.high
        if clouds[best] == clouds[rest[0]]
        else own.high < other.low
    )
    return (*cells, rest[0], _ranged(other), TEMPLATES["claim" if certain else "no claim"])


def _ranged(point: VolumePoint) -> str:
    return ranged(point.amount, point.low, point.high)


def meters(report: Report, costs: Sequence[Cost]) -> Table:
    """Return the cost by meter, for runs on one cloud."""
    lines = [{line.meter: line for line in cost.lines} for cost in costs]
    body = tuple(
        (each.meter, each.purpose, *(cell for found in lines for cell in _paid(found.get(each.meter))))
        for each in by_purpose(costs)
    )
    head = ("meter", "for", *(cell for cost in costs for cell in (f"{cost.label}, a thousand", "a month")))
    month = f"a month has {_month(report)} photos, free tiers deducted"
    return Table.of(f"US dollars by meter: a thousand photos without free tiers; {month}", head, body, 2)


def by_purpose(costs: Iterable[Cost]) -> list[CostLine]:
    """Return one line for each meter that occurs in ``costs``, grouped by purpose."""
    lines = {line.meter: line for cost in costs for line in cost.lines}
    return sorted(lines.values(), key=lambda line: PURPOSES.index(line.purpose))


def volumes(report: Report) -> Table:
    """Return the monthly cost at several volumes."""
    body = tuple(
        (f"{points[0].images:,}", *(ranged(point.amount, point.low, point.high) for point in points))
        for points in zip(*(cost.volumes for cost in report.costs), strict=True)
    )
    head = ("photos a month", *(cost.label for cost in report.costs))
    return Table("US dollars a month, with free tiers", head, body, range(len(head)))


def lines(cost: Cost) -> Table:
    """Return every line of the bill for a thousand photos."""
    body = tuple(
        (
            line.meter,
            line.title,
            line.formula,
            counted(line.quantity, line.unit),
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
    """Return the GB-seconds of both granularities and their parts."""
    head = ("billed", "computing", "moving bytes", "minimums and overhead", "as sent")
    body = tuple(
        (each.label, f"{each.jobs:,}", *map(_number, _parts(each)))
        for fusion in report.fusions
        for each in (fusion.stepwise, fusion.fused)
    )
    return Table.of("GB-seconds for a thousand photos", ("run", "warm jobs", *head), body)


def _parts(time: FunctionTime) -> tuple[float, ...]:
    return time.billed, time.compute, time.moving, time.rest, time.as_sent


def crossings(report: Report) -> list[str]:
    """Say at which volumes two runs cost the same, or that no two do."""
    if report.break_evens:
        return [point.sentence for point in report.break_evens]
    alone = len(report.costs) < 2
    return [] if alone else ["The order of the runs by cost is the same at every volume shown."]


def _paid(line: CostLine | None) -> tuple[str, str]:
    return (dollars(line.amount), dollars(line.month_with_free_tier)) if line else (NOTHING, NOTHING)


def _month(report: Report) -> str:
    return f"{report.images_per_month:,}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}"
