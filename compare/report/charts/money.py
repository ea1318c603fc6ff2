"""The charts of cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compare.cost.break_even import VOLUMES
from compare.cost.exact import dollars, ranged
from compare.cost.purposes import PURPOSES
from compare.report.charts.style import Chart, Looks, bars, crosshair, named, spec
from compare.report.cost_model import Cost
from compare.report.model import Report

BESIDE = 1.5  # times less and more than a volume that its hover value is shown for
DOLLARS = {"title": "US dollars a month", "format": "$,~f", "tickCount": 6}
COLOURS = dict(
    zip(
        PURPOSES,
        (
            "var(--compute)",
            "var(--upload)",
            "var(--download)",
            "var(--record)",
            "var(--logs-cost)",
            "var(--messages-cost)",
        ),
        strict=True,
    )
)


def charts(report: Report) -> Iterator[Chart]:
    """Yield the charts of the runs that have costs."""
    looks = Looks.of(report)
    if report.costs:
        yield _bill(report, looks)
        yield _volumes(report, looks)
    if report.fusions:
        yield _fusions(report, looks)


def _bill(report: Report, looks: Looks) -> Chart:
    rows = [row for cost in report.costs for row in _lines(cost)]
    tooltip = [{"field": name, "type": "nominal"} for name in ("run", "for", "meter", "amount")]
    images = report.costs[0].images_per_month
    return Chart(
        "bill",
        "What the bill consists of",
        f"US dollars for {images:,} photos a month with free tiers. Each piece is a meter, coloured by what "
        "it is for.",
        "Stacked bars: the month's bill of each run by what it is spent on. The table has the figures.",
        bars(looks, rows, "usd", named("for", COLOURS), tooltip, DOLLARS),
    )


def _lines(cost: Cost) -> Iterator[dict[str, Any]]:
    total = f"{cost.label}: {ranged(cost.month_with_free_tier, cost.month_low, cost.month_high)}"
    lines = sorted(cost.lines, key=lambda line: PURPOSES.index(line.purpose))
    for order, line in enumerate(lines):
        yield {
            "run": cost.label,
            "for": line.purpose,
            "meter": line.title,
            "usd": float(line.month_with_free_tier),
            "amount": dollars(line.month_with_free_tier),
            "order": order,
            "total": total,
        }


def _volumes(report: Report, looks: Looks) -> Chart:
    rows = [
        {
            "run": cost.label,
            "images": point.images,
            "usd": float(point.amount),
            "low": float(point.low),
            "high": float(point.high),
        }
        for cost in report.costs
        for point in cost.volumes
    ]
    numbers = {label: f"r{number}" for number, label in enumerate(looks.labels)}
    hovers = [
        {
            "images": points[0].images,
            "left": max(points[0].images / BESIDE, VOLUMES[0]),
            "right": min(points[0].images * BESIDE, VOLUMES[-1]),
            "photos": f"{points[0].images:,}",
        }
        | {
            numbers[cost.label]: ranged(point.amount, point.low, point.high)
            for cost, point in zip(report.costs, points, strict=True)
        }
        for points in zip(*(cost.volumes for cost in report.costs), strict=True)
    ]
    colour = {
        **looks.run(),
        "legend": {"symbolOpacity": 1, "symbolType": "stroke"},
    }  # the bands are pale, and share the legend
    y = {"type": "quantitative", "scale": {"type": "log"}, "axis": DOLLARS}
    return Chart(
        "volumes",
        "Cost against volume",
        "US dollars a month with free tiers, by photos a month. The line is the expected bill, the band its "
        "range; the upright line is the volume chosen above.",
        "Lines: the month's bill of each run by photos a month. The table below has the figures.",
        spec(
            looks,
            rows,
            height=320,
            params=[{"name": "volume", "value": report.costs[0].images_per_month}],
            encoding={
                "x": {
                    "field": "images",
                    "type": "quantitative",
                    "scale": {"type": "log", "nice": False},
                    "axis": {"title": "photos a month", "format": "~s", "tickCount": 6},
                }
            },
            layer=[
                {
                    "transform": [{"filter": "datum.low > 0"}],
                    "mark": {"type": "area", "opacity": 0.12},
                    "encoding": {
                        "y": {"field": "low", **y},
                        "y2": {"field": "high"},
                        "color": colour,
                    },
                },
                {
                    "transform": [{"filter": "datum.usd > 0"}],
                    "mark": {"type": "line", "strokeWidth": 2.5},
                    "encoding": {
                        "y": {"field": "usd", **y},
                        "color": colour,
                        "strokeDash": looks.dash(),
                    },
                },
                {
                    "data": {"name": "chosen", "values": [{}]},
                    "transform": [{"calculate": "max(volume, 1)", "as": "images"}],
                    "mark": {"type": "rule", "strokeDash": [3, 3]},
                },
                *crosshair(hovers, "images", looks, [{"field": "photos", "type": "nominal"}]),
            ],
        ),
        scale="y",
    )


def _fusions(report: Report, looks: Looks) -> Chart:
    parts = {
        "computing": "var(--compute)",
        "moving bytes": "var(--download)",
        "minimums and overhead": "var(--gap)",
    }
    rows = [
        {
            "run": each.label,
            "part": part,
            "value": value,
            "amount": f"{value:,.0f} GB-seconds",
            "order": order,
            "total": f"{each.label}: {each.billed:,.0f}",
        }
        for fusion in report.fusions
        for each in (fusion.stepwise, fusion.fused)
        for order, (part, value) in enumerate(
            zip(parts, (each.compute, each.moving, max(0.0, each.rest)), strict=True)
        )
    ]
    tooltip = [{"field": name, "type": "nominal"} for name in ("run", "part", "amount")]
    return Chart(
        "fusion",
        "GB-seconds billed for a thousand photos",
        "Memory times billed function time of warm jobs, each metered as if it ran alone. This excludes cold "
        "starts and concurrent jobs, and includes the platform's minimums and rounding. Time that parallel "
        "steps of a photo share on one instance is billed once; where that outweighs the minimums, they are "
        "negative and not drawn. The table's last column is what these photos were billed as they were sent, "
        "with cold starts and shared instances.",
        "Stacked bars: billed GB-seconds of a thousand photos, stepwise and fused.",
        bars(looks, rows, "value", named("part", parts), tooltip, {"title": "GB-seconds"}),
    )
