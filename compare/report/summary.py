"""What happened to the photos, in a sentence or two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compare.clock import milliseconds
from compare.figures import duration, listed
from compare.report.costs import PricedRun
from compare.report.model import PhotoReport, RunReport
from compare.run import OUTCOMES

MEDIAN = 0.5


def summary(
    runs: Sequence[RunReport], photos: Sequence[PhotoReport], billed: Sequence[PricedRun]
) -> tuple[str, ...]:
    """Say what happened to the photos, how they came, what batches did and cost, and what was injected."""
    return (_fate(runs, photos), *_doors(runs), *_batches(runs, billed), *_faults(runs))


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


def _batches(runs: Sequence[RunReport], billed: Sequence[PricedRun]) -> Iterator[str]:
    """Say how the items of each batch ended, how long it took and what it cost."""
    prices = {each.label: each for each in billed}
    for each in runs:
        batch, run = each.run.batch, each.run
        cost = prices[each.label].batch if each.label in prices else None
        if batch is None or run.ended is None or cost is None:
            continue
        ends = listed([f"{count:,} {end}" for end, count in batch.counts.items()])
        took = duration(milliseconds(run.ended) - milliseconds(run.started))
        name = "a simulated batch" if run.where == "simulated" else f"the batch {batch.id[:12]}"
        yield (f"{each.label} is {name} of {batch.items:,} items: {ends}, in {took}. It cost {cost.amount}.")


def _doors(runs: Sequence[RunReport]) -> Iterator[str]:
    """Say which photos came through a front door, which is before their end-to-end time begins."""
    for each in runs:
        if each.run.via_api and each.asking.count:
            middle = next(found.value for found in each.asking.quantiles if found.p == MEDIAN)
            yield (
                f"The photos of {each.label} came through the front door, which took "
                f"{duration(middle or 0.0)} at the median to let one in."
            )


def _faults(runs: Sequence[RunReport]) -> Iterator[str]:
    """Say into which runs faults were injected, since these change their times and results."""
    for each in runs:
        if each.run.chaos:
            yield f"Faults were injected into {each.label} on request: {each.run.chaos}."
