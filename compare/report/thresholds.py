"""Thresholds such as "p95 > 3s", which make a report fail."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import ge, gt, le, lt

from compare.cost.exact import dollars
from compare.figures import duration
from compare.report.cost_model import Cost
from compare.report.model import Report, RunReport
from core.errors import SetupError
from core.mistakes import Mistakes, meant

QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
COSTS: Mapping[str, Callable[[Cost], float]] = {
    "cost_per_1000": lambda cost: float(cost.per_thousand),
    "cost_per_month": lambda cost: float(cost.month_with_free_tier),
}
COUNTS = ("rejected", "failed", "lost")
METRICS = (*QUANTILES, *COSTS, *COUNTS)
OPERATORS: Mapping[str, Callable[[float, float], bool]] = {">": gt, ">=": ge, "<": lt, "<=": le}
MS = {"ms": 1.0, "s": 1000.0, "": 1.0}
FORM = re.compile(r"\s*(\w+)\s*(>=|<=|>|<)\s*\$?(\d+(?:\.\d+)?)\s*(ms|s|)\s*")


@dataclass(frozen=True)
class Threshold:
    """A limit of a metric; times are in milliseconds, costs in US dollars."""

    text: str
    metric: str
    operator: str
    limit: float


def parse(texts: Sequence[str]) -> tuple[Threshold, ...]:
    """Read thresholds.

    Raises:
        SetupError: Some are invalid; the message has a line for each.
    """
    mistakes, found = Mistakes(SetupError), []
    for text in texts:
        with mistakes.noted():
            found.append(_parsed(text))
    mistakes.report()
    return tuple(found)


def _parsed(text: str) -> Threshold:
    form = FORM.fullmatch(text)
    if form is None:
        raise SetupError(f"{text!r} is no threshold; write 'p95 > 3s' or 'cost_per_1000 > 0.30'.")
    metric, operator, number, unit = form.groups()
    if metric not in METRICS:
        raise SetupError(
            f"{text!r}: {metric!r} is not a metric{meant(metric, METRICS)}; the metrics are "
            f"{', '.join(METRICS)}."
        )
    if bool(unit) != (metric in QUANTILES):
        wanted = "a time such as 3s or 800ms" if metric in QUANTILES else "a number without a unit"
        raise SetupError(f"{text!r}: the limit of {metric} must be {wanted}.")
    return Threshold(text.strip(), metric, operator, float(number) * MS[unit])


def failures(report: Report, thresholds: Sequence[Threshold]) -> list[str]:
    """Say which runs cross which thresholds; a run without the figure fails, too."""
    costs = {cost.label: cost for cost in report.costs}
    said = []
    for run in report.runs:
        for each in thresholds:
            value = _value(each.metric, run, costs.get(run.label))
            if value is None:
                said.append(f"{run.label}: there is no {each.metric}, so {each.text} cannot be ruled out.")
            elif OPERATORS[each.operator](value, each.limit):
                said.append(f"{run.label}: {each.metric} is {_shown(each.metric, value)} ({each.text}).")
    return said


def _value(metric: str, run: RunReport, cost: Cost | None) -> float | None:
    if metric in QUANTILES:
        return next(each.value for each in run.end_to_end.quantiles if each.p == QUANTILES[metric])
    if metric in COSTS:
        return COSTS[metric](cost) if cost else None
    return float(getattr(run.counts, metric))


def _shown(metric: str, value: float) -> str:
    if metric in QUANTILES:
        return duration(value)
    return dollars(Decimal(repr(value))) if metric in COSTS else f"{value:,.0f}"
