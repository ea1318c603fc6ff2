"""What a simulation predicts at a volume; a report shows it apart from what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from compare.cost.exact import dollars
from compare.report.table import Table

HEAD = ("variant", "$ a month", "p95, s", "wins", "keeps it")


@dataclass(frozen=True)
class Predicted:
    """What is predicted of one way to deploy the pipeline.

    ``month`` is its bill in dollars by bound: low, expected and high. ``p95_s`` is its latency: value, low
    and high. ``wins`` is the share of draws of the parameters in which it is the cheapest that keeps the
    objective, ``keeps_objective`` the share in which it keeps it.
    """

    variant: str
    settings: Mapping[str, str]
    month: Mapping[str, float]
    p95_s: Mapping[str, float]
    failures: float
    wins: float
    keeps_objective: float
    frontier: bool
    extrapolated: tuple[str, ...]


@dataclass(frozen=True)
class Forecast:
    """The predictions for a volume and an objective, from the best variant to the worst.

    ``best`` are the settings of the cheapest variant that keeps the objective, if any does.
    """

    question: str
    images_per_month: int
    p95_s: float
    draws: int
    best: Mapping[str, str] | None
    summary: tuple[str, ...]
    variants: tuple[Predicted, ...]
    where: Literal["simulated"] = "simulated"


def shown(forecast: Forecast) -> list[Predicted]:
    """Return the variants worth showing: the frontier, who wins a draw, and each orchestrator's best."""
    seen: set[tuple[str, str]] = set()
    chosen = []
    for each in forecast.variants:
        kind = each.settings["twinlens:cloud"], each.settings["twinlens:orchestrator"]
        if each.frontier or each.wins or kind not in seen:
            chosen.append(each)
        seen.add(kind)
    return chosen


def table(forecast: Forecast) -> Table:
    """Return the bills and latencies of the variants worth showing."""
    return Table.of("Variants by bill", HEAD, tuple(_cells(each) for each in shown(forecast)))


def notes(forecast: Forecast) -> list[str]:
    """Say what the columns mean, and what no published measurement covers."""
    reasons = dict.fromkeys(why for each in shown(forecast) for why in each.extrapolated)
    return [
        "A bill is that of `twinlens estimate`, with its bounds. The p95 runs from the end of an upload, or "
        "from asking for it at a front door, to the end of the workflow; nine of ten draws of the parameters "
        f"are within its bounds. A variant wins a draw if it is the cheapest that keeps a p95 of "
        f"{forecast.p95_s:g} s.",
        "`twinlens advise` answers for other volumes, photos and objectives.",
        *(f"Extrapolated: {reason}." for reason in reasons),
    ]


def _cells(each: Predicted) -> tuple[str, ...]:
    low, expected, high = (dollars(Decimal(each.month[name])) for name in ("low", "expected", "high"))
    return (
        each.variant,
        f"{expected} ({low} to {high})",
        f"{each.p95_s['value']:.2f} ({each.p95_s['low']:.2f} to {each.p95_s['high']:.2f})",
        f"{each.wins:.0%}",
        f"{each.keeps_objective:.0%}",
    )
