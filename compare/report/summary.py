"""The report in a few sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compare.report.cost_model import Cost
from compare.report.figures import duration, listed
from compare.report.model import Comparison, PhotoReport, RunReport
from compare.report.words import amount, median, why
from compare.run import OUTCOMES


def summary(
    runs: Sequence[RunReport],
    photos: Sequence[PhotoReport],
    compared: Sequence[Comparison],
    costs: Sequence[Cost],
) -> tuple[str, ...]:
    """Summarize the report: what happened to the photos, how long it took and why, and what it costs."""
    return (
        _fate(runs, photos),
        *_faults(runs),
        _speed(runs, compared),
        *([_price(costs, runs)] if costs else []),
    )


def _fate(runs: Sequence[RunReport], photos: Sequence[PhotoReport]) -> str:
    counts = [run.counts for run in runs]
    endings = {word: sum(getattr(each, word) for each in counts) for word in OUTCOMES}
    states = listed([f"{number:,} {word}" for word, number in endings.items() if number])
    uploads = sum(each.uploads for each in counts)
    names = listed([run.label for run in runs])
    sentence = f"{uploads:,} uploads of {len(photos)} photos went to {names}: {states}"
    compared = [photo.outputs for photo in photos if photo.outputs != "unknown"]
    if not compared:
        return sentence + "."
    same = "every photo's outputs are equal byte for byte"
    differ = f"{compared.count('different')} photos' outputs differ"
    return f"{sentence}; {differ if 'different' in compared else same}."


def _faults(runs: Sequence[RunReport]) -> Iterator[str]:
    """Say into which runs faults were injected, since these change their times and results."""
    for each in runs:
        if each.run.chaos:
            yield f"Faults were injected into {each.label} on request: {each.run.chaos}."


def _speed(runs: Sequence[RunReport], compared: Sequence[Comparison]) -> str:
    medians = [f"{duration(middle)} on {run.label}" for run in runs if (middle := median(run)) is not None]
    if not medians:
        return "No job succeeded, so there is no time to report."
    sentence = f"From upload to recorded result half of the photos took at most {listed(medians)}"
    apart = max(compared, key=lambda each: abs(sum(each.contributions.values())), default=None)
    if apart is None or not apart.contributions:
        return f"{sentence}."
    reason = why(apart)
    return f"{sentence}; {reason[0].lower()}{reason[1:]}"


def _price(costs: Sequence[Cost], runs: Sequence[RunReport]) -> str:
    amounts = listed([f"{amount(each)} on {each.label}" for each in costs])
    ranges = "; the ranges cover what neither traces nor price lists say" if " to " in amounts else ""
    emulated = any(run.run.where == "emulator" for run in runs)
    pace = ", if functions take as long as on this machine" if emulated else ""
    return f"A thousand such photos cost {amounts} at list prices without free tiers{pace}{ranges}."
