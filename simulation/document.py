"""A prediction as JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulation.predict import QUANTILES, Figure, Prediction

TIMES = ("end_to_end_s", "hop_s", "overhead_s", "sojourn_s")
ASKING = "asking_s"
COUNTS = ("jobs", "instances", "throttled", "failed", "billed.executions", "billed.transitions")
PLAIN = ("makespan_s", "all_done_s", "instances", "cold_share", "throttled", "failed")
BILLED = ("executions", "gb_seconds", "transitions")
DIGITS = 6


def document(prediction: Prediction) -> dict[str, Any]:
    """Return the prediction as plain JSON values.

    Times have three quantiles, each with ``value``, ``low`` and ``high``; other figures are numbers, with
    their intervals under ``intervals``.
    """
    figures = prediction.figures
    plain = {name: _number(name, figures[name].value) for name in ("jobs", *PLAIN)}
    billed = {name: _number(f"billed.{name}", figures[f"billed.{name}"].value) for name in BILLED}
    return {
        "jobs": plain.pop("jobs"),
        "makespan_s": plain.pop("makespan_s"),
        **{
            name: {each: _interval(figures[f"{name}.{each}"]) for each in QUANTILES}
            for name in times_of(figures)
        },
        "billed": billed,
        **plain,
        "intervals": {name: _interval(figures[name]) for name in (*PLAIN, *(f"billed.{x}" for x in BILLED))},
        "where": "simulated",
        "extrapolated": list(prediction.extrapolated),
    }


def times_of(figures: Mapping[str, Figure]) -> tuple[str, ...]:
    """Return the names of the times: only photos by a front door are asked for."""
    return (*TIMES, *((ASKING,) if f"{ASKING}.p50" in figures else ()))


def _interval(figure: Figure) -> dict[str, float]:
    return {name: round(getattr(figure, name), DIGITS) for name in ("value", "low", "high")}


def _number(name: str, value: float) -> float | int:
    return round(value) if name in COUNTS else round(value, DIGITS)
