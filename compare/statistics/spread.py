"""The variation between bursts of one run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Spread:
    """The smallest and the largest median of a run's bursts, and the number of bursts."""

    bursts: int
    low: float
    high: float


def spread(bursts: Iterable[Sequence[float]]) -> Spread | None:
    """Return the spread of the bursts' medians, or ``None`` if fewer than two bursts have samples."""
    medians = [median(samples) for samples in bursts if samples]
    return Spread(len(medians), min(medians), max(medians)) if len(medians) > 1 else None
