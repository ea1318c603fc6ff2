"""The look that all charts share: colours that follow the page's scheme, legends, and labels in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from compare.report.model import Report

type Spec = dict[str, Any]
type Rows = Sequence[Mapping[str, Any]]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
WIDTH = 960  # of a static picture, in pixels
ROW = 46  # height of a bar with its label
COLOURS = 10  # of runs, in report.css
DASHES = ([1, 0], [8, 4], [2, 3], [12, 3, 2, 3])
SHAPES = ("circle", "square", "triangle-up", "diamond")
FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif'
_SOFT = {"labelColor": "var(--soft)", "titleColor": "var(--soft)", "titleFontWeight": "normal"}
CONFIG: Spec = {
    "background": "transparent",
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        **_SOFT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "labelLimit": 0,
        "titleLimit": 0,
        "gridColor": "var(--line)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
    },
    "legend": {
        "orient": "bottom",
        "title": None,
        "labelColor": "var(--text)",
        "labelFontSize": 12,
        "labelLimit": 0,
        "symbolLimit": 0,
        "symbolSize": 220,
        "columns": 3,
        "clipHeight": 18,
    },
    "text": {"color": "var(--text)", "fontSize": 12},
    "rule": {"color": "var(--soft)"},
}


@dataclass(frozen=True)
class Chart:
    """A chart: its specification, what it shows in a sentence, and the axis that may be logarithmic."""

    name: str
    title: str
    caption: str
    alt: str
    spec: Spec
    scale: Literal["x", "y"] | None = None


@dataclass(frozen=True)
class Looks:
    """How each run is drawn, so that even runs of many stacks can be told apart: hue, dashes and shape."""

    labels: tuple[str, ...]

    @classmethod
    def of(cls, report: Report) -> Looks:
        """Return the looks of a report's runs."""
        return cls(tuple(run.label for run in report.runs))

    def colour(self, label: str) -> str:
        """Return the run's colour as a CSS value."""
        return f"var(--run-{self.labels.index(label) % COLOURS + 1})"

    def run(self, field: str = "run") -> Spec:
        """Return the encoding of runs by colour."""
        return _by(field, self.labels, [self.colour(label) for label in self.labels])

    def dash(self) -> Spec:
        """Return the encoding of runs by dashes, which differ where colours may be hard to tell apart."""
        count = range(len(self.labels))
        return _by("run", self.labels, [DASHES[at % len(DASHES)] for at in count])

    def shape(self) -> Spec:
        """Return the encoding of runs by the shape of their points."""
        count = range(len(self.labels))
        return _by("run", self.labels, [SHAPES[at % len(SHAPES)] for at in count])


def _by(field: str, domain: Sequence[str], values: Sequence[Any]) -> Spec:
    return {"field": field, "type": "nominal", "scale": {"domain": list(domain), "range": list(values)}}


def named(field: str, colours: Mapping[str, str]) -> Spec:
    """Return the encoding of a field by named colours, in their order."""
    return _by(field, list(colours), list(colours.values()))


def spec(looks: Looks, rows: Rows, *, height: int, **parts: Any) -> Spec:
    """Return a whole specification; its parameter ``shown`` names the runs that are not hidden."""
    own = parts.pop("params", [])
    return {
        "$schema": SCHEMA,
        "width": WIDTH,
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": 4,
        "config": CONFIG,
        "params": [{"name": "shown", "value": list(looks.labels)}, *own],
        "data": {"name": "rows", "values": list(rows)},
        "transform": [{"filter": "indexof(shown, datum.run) >= 0"}],
        **parts,
    }


def crosshair(rows: Rows, field: str, looks: Looks, extra: Sequence[Spec] = ()) -> list[Spec]:
    """Return layers with an upright line at the pointer's ``field``, whose hover value lists every run.

    ``rows`` have the field, its neighbourhood from "left" to "right" and, for each run, "r0" to "rN":
    what to say of it.
    """
    shown = {"condition": {"param": "hover", "empty": False, "value": 0.9}, "value": 0}
    data = {"data": {"name": "hovers", "values": list(rows)}, "transform": []}
    tooltip = [
        *extra,
        *(
            {"field": f"r{number}", "type": "nominal", "title": label}
            for number, label in enumerate(looks.labels)
        ),
    ]
    return [
        {
            **data,
            "mark": {"type": "rule", "strokeWidth": 1.5},
            "encoding": {"x": {"field": field, "type": "quantitative"}, "opacity": shown},
        },
        {
            **data,
            "params": [
                {
                    "name": "hover",
                    "select": {
                        "type": "point",
                        "fields": [field],
                        "on": "pointerover",
                        "clear": "pointerout",
                    },
                }
            ],
            "mark": {"type": "rect", "fillOpacity": 0, "strokeWidth": 0},
            "encoding": {
                "x": {"field": "left", "type": "quantitative"},
                "x2": {"field": "right"},
                "tooltip": tooltip,
            },
        },
    ]


def bars(looks: Looks, rows: Rows, value: str, colour: Spec, tooltip: Sequence[Spec], axis: Spec) -> Spec:
    """Return stacked bars, one a run, each below its label, which ends with the field ``total``."""
    count = len({row["run"] for row in rows})
    y = {"field": "run", "type": "nominal", "sort": list(looks.labels), "axis": None}
    return spec(
        looks,
        rows,
        height=ROW * count,
        layer=[
            {
                "mark": {
                    "type": "bar",
                    "height": 18,
                    "yOffset": 9,
                    "stroke": "var(--card)",
                    "strokeWidth": 1,
                },
                "encoding": {
                    "x": {"field": value, "type": "quantitative", "stack": "zero", "axis": axis},
                    "y": y,
                    "color": colour,
                    "order": {"field": "order", "type": "quantitative"},
                    "tooltip": list(tooltip),
                },
            },
            {
                "transform": [{"filter": "datum.order == 0"}],
                "mark": {"type": "text", "align": "left", "baseline": "bottom", "fontWeight": 600},
                "encoding": {"x": {"datum": 0}, "y": y, "text": {"field": "total"}},
            },
        ],
    )
