"""Advice as plain values and sentences, for the command line and for a report."""

from __future__ import annotations

from compare.cost.exact import dollars
from compare.cost.purposes import by_purpose
from compare.cost.verdict import disputed
from compare.report.forecast import Forecast, Predicted
from simulation.advice.advise import Advice, Question, Ranked

ARRIVING = {
    "poisson": "at random",
    "daily": "at random and unevenly over the day (the busiest hour is simulated)",
    "rate": "evenly",
}


def forecast(advice: Advice) -> Forecast:
    """Return what the simulation predicts of every variant."""
    best, question = advice.best, advice.question
    return Forecast(
        question=_asked(question),
        images_per_month=question.images,
        p95_s=question.p95_s,
        draws=advice.draws,
        best=best.variant.settings | question.door.settings if best else None,
        summary=tuple(sentences(advice)),
        variants=tuple(_predicted(each, advice) for each in advice.ranked),
    )


def _asked(question: Question) -> str:
    photos = question.photos
    sizes = f"{photos.median:g} megapixels"
    if photos.p95 != photos.median:
        sizes = f"a median of {sizes} (19 of 20 below {photos.p95:g})"
    views = f", whose results are looked at {question.door.views:,} times each through a front door"
    return (
        f"{question.images:,} photos a month of {sizes} with the recipe {question.recipe}, "
        f"arriving {ARRIVING[question.profile]}{views if question.door.front_door else ''}"
    )


def _predicted(each: Ranked, advice: Advice) -> Predicted:
    return Predicted(
        variant=each.variant.name,
        settings=each.variant.settings | advice.question.door.settings,
        month={name: float(getattr(each.bills, name)) for name in ("low", "expected", "high")},
        p95_s=dict(zip(("value", "low", "high"), each.simulated.latency, strict=True)),
        failures=each.simulated.failed[0],
        wins=each.wins,
        keeps_objective=each.meets,
        frontier=each in advice.frontier,
        extrapolated=each.simulated.extrapolated,
    )


def sentences(advice: Advice) -> list[str]:
    """Say which variant wins, what decides it and how sure that is."""
    best, question = advice.best, advice.question
    if best is None:
        fastest = min(advice.ranked, key=lambda each: each.simulated.p95_s[0])
        return [
            f"No variant keeps a p95 of {question.p95_s:g} s with at most {question.most_failures:.1%} of "
            f"failures. The fastest is {fastest.variant.name} with {fastest.simulated.latency[0]:.2g} s."
        ]
    found = [
        f"{best.variant.name} is the cheapest of those that keep a p95 of {question.p95_s:g} s: "
        f"{dollars(best.bills.expected)} a month. It wins {best.wins:.0%} of {advice.draws} draws of the "
        f"parameters and keeps the objective in {best.meets:.0%}."
    ]
    other = next((each for each in advice.ranked[1:] if each.variant.cloud != best.variant.cloud), None)
    if other is not None:
        found.append(_against(best, other))
    named = [best] if other is None else [best, other]
    readings = (disputed(each.variant.name, each.bills.by_bound["expected"]) for each in named)
    return [*found, *filter(None, readings)]


def _against(best: Ranked, other: Ranked) -> str:
    """Say what decides between the winner and the best of the other cloud."""
    mine, theirs = (by_purpose(each.bills.by_bound["expected"].lines) for each in (best, other))
    name = max(mine, key=lambda part: abs(theirs[part] - mine[part]))
    cheaper = "cheaper" if best.bills.expected < other.bills.expected else "more expensive"
    claim = f"certainly {cheaper}" if best.bills.is_below(other.bills) else f"{cheaper} by the expected bills"
    return (
        f"The best of the other cloud is {other.variant.name} with {dollars(other.bills.expected)} a month "
        f"and a p95 of {other.simulated.latency[0]:.2g} s. The winner is {claim}; most of the difference "
        f"is in {name}: {dollars(mine[name])} against {dollars(theirs[name])}."
    )
