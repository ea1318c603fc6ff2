"""The charts of latency."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from compare.figures import duration
from compare.report.charts.style import Chart, Looks, bars, crosshair, named, spec
from compare.report.model import Report, RunReport
from compare.report.words import SEGMENT_WORDS

SECONDS = {"axis": {"title": "seconds", "tickCount": 8}}
HOVERS = 120  # places at which the distribution says its values
PARTS = {
    "delivery": "var(--delivery)",
    "gap": "var(--gap)",
    "download": "var(--download)",
    "compute": "var(--compute)",
    "upload": "var(--upload)",
    "record": "var(--record)",
}


def charts(report: Report) -> Iterator[Chart]:
    """Yield the charts of the runs that have times."""
    looks = Looks.of(report)
    timed = [run for run in report.runs if run.end_to_end.count]
    if timed:
        yield _segments(timed, looks)
        yield _distribution(timed, looks)
        yield _over_time(timed, looks)
        yield _warmth(timed, looks)


def _segments(runs: list[RunReport], looks: Looks) -> Chart:
    rows = [
        {
            "run": run.label,
            "part": SEGMENT_WORDS[name],
            "s": ms / 1000,
            "took": duration(ms),
            "order": order,
            "total": f"{run.label}: {duration(sum(run.segments.values()))}",
        }
        for run in runs
        for order, (name, ms) in enumerate(run.segments.items())
    ]
    tooltip = [{"field": name, "type": "nominal"} for name in ("run", "part", "took")]
    colours = named("part", {SEGMENT_WORDS[name]: colour for name, colour in PARTS.items()})
    return Chart(
        "segments",
        "Mean time of a succeeded photo, end to end",
        "The parts along the critical path, from the last byte sent to the record of the final state.",
        "Stacked bars: the mean parts of the end-to-end time of each run. The table below has the figures.",
        bars(looks, rows, "s", colours, tooltip, SECONDS["axis"]),
    )


def _distribution(runs: list[RunReport], looks: Looks) -> Chart:
    rows = [
        {"run": run.label, "s": point.ms / 1000, "share": 100 * point.share}
        for run in runs
        for point in run.curve
    ]
    seconds = [point.ms / 1000 for run in runs for point in run.curve]
    shortest, longest = min(seconds), max(seconds)
    half = (longest - shortest) / HOVERS / 2
    places = [shortest + half * (2 * at + 1) for at in range(HOVERS)]
    hovers = [
        {"s": at, "left": at - half, "right": at + half, "within": f"{at:.2f} s"}
        | {f"r{looks.labels.index(run.label)}": _within(run, 1000 * at) for run in runs}
        for at in places
    ]
    thinned = [
        f"{len(run.curve):,} of {run.end_to_end.count:,} times of {run.label}"
        for run in runs
        if len(run.curve) < run.end_to_end.count
    ]
    return Chart(
        "distribution",
        "Distribution of end-to-end times",
        "Share of the succeeded photos that finished within the time below"
        + (f": drawn through {', '.join(thinned)}." if thinned else "."),
        "Cumulative distributions of the end-to-end times, a line for each run.",
        spec(
            looks,
            rows,
            height=300,
            encoding={
                "x": {
                    "field": "s",
                    "type": "quantitative",
                    "scale": {"type": "linear", "nice": False},
                    **SECONDS,
                }
            },
            layer=[
                {
                    "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2.5},
                    "encoding": {
                        "y": {
                            "field": "share",
                            "type": "quantitative",
                            "scale": {"domain": [0, 100]},
                            "axis": {"title": "per cent of the photos", "values": [0, 25, 50, 75, 95, 100]},
                        },
                        "color": looks.run(),
                        "strokeDash": looks.dash(),
                    },
                },
                *crosshair(hovers, "s", looks, [{"field": "within", "type": "nominal"}]),
            ],
        ),
        scale="x",
    )


def _within(run: RunReport, ms: float) -> str:
    at = bisect_right(run.curve, ms, key=lambda point: point.ms)
    return f"{100 * run.curve[at - 1].share:.1f} %" if at else "0 %"


def _over_time(runs: list[RunReport], looks: Looks) -> Chart:
    rows = [
        {
            "run": run.label,
            "minute": sample.at_s / 60,
            "s": sample.ms / 1000,
            "took": duration(sample.ms),
            "start": "cold" if sample.cold else "warm",
        }
        for run in runs
        for sample in run.over_time
    ]
    thinned = any(len(run.over_time) < run.end_to_end.count for run in runs)
    axis = {"title": "minutes since the run began", "tickMinStep": 0.1}
    return Chart(
        "over_time",
        "Latency over time",
        "End-to-end time of each photo by when it was sent; filled points met a cold start."
        + (" Of runs with many photos, some are drawn: the slowest and an even share of the rest." * thinned),
        "Points: the end-to-end time of photos by when they were sent, a colour and shape for each run.",
        spec(
            looks,
            rows,
            height=260,
            mark={"type": "point", "strokeWidth": 1.5},
            encoding={
                "x": {"field": "minute", "type": "quantitative", "axis": axis},
                "y": {"field": "s", "type": "quantitative", "scale": {"type": "linear"}, **SECONDS},
                "color": looks.run(),
                "shape": looks.shape(),
                "fillOpacity": {"condition": {"test": "datum.start == 'cold'", "value": 0.7}, "value": 0},
                "fill": looks.run(),
                "tooltip": [{"field": name, "type": "nominal"} for name in ("run", "took", "start")],
            },
        ),
        scale="y",
    )


def _warmth(runs: list[RunReport], looks: Looks) -> Chart:
    rows = []
    for run in runs:
        for name, side in (("cold", run.cold), ("warm", run.warm)):
            middle = side.quantiles[0]
            if middle.value is not None:
                rows.append(
                    {
                        "run": run.label,
                        "start": name,
                        "s": middle.value / 1000,
                        "low": None if middle.low is None else middle.low / 1000,
                        "high": None if middle.high is None else middle.high / 1000,
                        "said": f"{run.label}, {side.count:,} {name}: {duration(middle.value)}",
                    }
                )
    y = {"field": "said", "type": "nominal", "sort": [row["said"] for row in rows], "axis": None}
    layer = spec(
        looks,
        rows,
        height=34 * len(rows),
        encoding={"y": y},
        layer=[
            {
                "mark": {"type": "bar", "height": 12, "yOffset": 8, "strokeWidth": 1.5},
                "encoding": {
                    "x": {"field": "s", "type": "quantitative", **SECONDS},
                    "color": {**looks.run(), "legend": None},
                    "stroke": {**looks.run(), "legend": None},
                    "fillOpacity": {
                        "condition": {"test": "datum.start == 'cold'", "value": 0.35},
                        "value": 1,
                    },
                    "tooltip": {"field": "said", "type": "nominal"},
                },
            },
            {
                "transform": [{"filter": "isValid(datum.low)"}],
                "mark": {"type": "rule", "yOffset": 8, "strokeWidth": 2, "color": "var(--text)"},
                "encoding": {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "text", "align": "left", "baseline": "bottom", "yOffset": 0},
                "encoding": {"x": {"datum": 0}, "text": {"field": "said"}},
            },
        ],
    )
    return Chart(
        "warmth",
        "Cold and warm jobs",
        "Median end-to-end time of the photos with a cold start (pale) and of those without; the line is the "
        "95 % confidence interval, if there are enough photos for one.",
        "Bars: the median times of cold and of warm jobs of each run.",
        layer,
    )
