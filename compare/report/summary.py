"""What happened to the photos, in a sentence or two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compare.figures import listed
from compare.report.model import PhotoReport, RunReport
from compare.run import OUTCOMES


def summary(runs: Sequence[RunReport], photos: Sequence[PhotoReport]) -> tuple[str, ...]:
    """Say what happened to the photos, and which faults were injected."""
    return (_fate(runs, photos), *_faults(runs))


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
