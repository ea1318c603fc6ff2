"""Which of two sets of samples is slower, and whether one may say so."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from compare.statistics.quantiles import CONFIDENCE, quantile

Verdict = Literal["first", "second", "undecided"]
RESAMPLES = 10_000
SEED = 20_260_101  # any fixed number: the same runs give the same report


@dataclass(frozen=True)
class Ratio:
    """The ``p`` quantile of the first samples over that of the second, with its 95 % bootstrap interval.

    ``value``, ``low`` and ``high`` are ``None`` where either side has too few samples for an interval of its
    own. ``smaller`` names the side with the smaller quantile, only where the interval excludes 1.
    """

    p: float
    value: float | None
    low: float | None
    high: float | None
    smaller: Verdict


def compare_quantiles(first: Sequence[float], second: Sequence[float], p: float) -> Ratio:
    """Compare the ``p`` quantiles (0 < p < 1) of two independent sets of positive samples."""
    own = quantile(first, p), quantile(second, p)
    if any(each.low is None for each in own):
        return Ratio(p, None, None, None, "undecided")
    random = np.random.default_rng(SEED)
    ratios = _resampled(first, p, random) / _resampled(second, p, random)
    tail = (1 - CONFIDENCE) / 2
    low, high = (float(edge) for edge in np.quantile(ratios, [tail, 1 - tail]))
    value = (own[0].value or 0.0) / (own[1].value or math.nan)
    smaller: Verdict = "first" if high < 1 else "second" if low > 1 else "undecided"
    return Ratio(p, value, low, high, smaller)


def _resampled(samples: Sequence[float], p: float, random: np.random.Generator) -> NDArray[np.float64]:
    """Return the ``p`` quantile of :data:`RESAMPLES` bootstrap resamples.

    Drawing whole resamples is not needed: the k-th smallest of n uniform draws follows Beta(k, n - k + 1),
    and the sample at that place of the sorted samples is the k-th smallest of the resample.
    """
    count = len(samples)
    rank = math.ceil(p * count)
    places = np.ceil(count * random.beta(rank, count - rank + 1, RESAMPLES)).astype(int)
    chosen: NDArray[np.float64] = np.sort(np.asarray(samples, dtype=float))[np.maximum(places, 1) - 1]
    return chosen
