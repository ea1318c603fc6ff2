"""How far bursts of the same run differ from each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Spread:
    """The medians of a run's bursts: the smallest, the largest, and how many bursts there are."""

    bursts: int
    low: float
    high: float


def spread(bursts: Iterable[Sequence[float]]) -> Spread | None:
    """Return the spread of the bursts' medians; ``None`` with fewer than two bursts that hold samples."""
    medians = [median(samples) for samples in bursts if samples]
    return Spread(len(medians), min(medians), max(medians)) if len(medians) > 1 else None
