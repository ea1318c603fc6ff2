"""Quantiles with confidence intervals that assume nothing of the distribution."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Quantile:
    """The ``p`` quantile of ``count`` samples, with its 95 % confidence interval.

    ``value`` is ``None`` without a sample; ``low`` and ``high`` are ``None`` where the samples are too few
    for such an interval to exist.
    """

    p: float
    count: int
    value: float | None
    low: float | None
    high: float | None


def quantile(samples: Sequence[float], p: float) -> Quantile:
    """Return the ``p`` quantile (0 < p < 1): the smallest sample that at least that share does not exceed.

    The interval's ends are order statistics, chosen by the binomial distribution of how many samples fall
    below the true quantile (Conover, Practical Nonparametric Statistics, 3.2).
    """
    count = len(samples)
    if not count:
        return Quantile(p, 0, None, None, None)
    ordered = np.sort(np.asarray(samples, dtype=float))
    value = float(np.quantile(ordered, p, method="inverted_cdf"))
    low, high = _ranks(count, p)
    if low < 1 or high > count:
        return Quantile(p, count, value, None, None)
    return Quantile(p, count, value, float(ordered[low - 1]), float(ordered[high - 1]))


@cache
def _ranks(count: int, p: float) -> tuple[int, int]:
    """Return the ranks of the samples that bound the quantile; 0 or over ``count`` is none."""
    from scipy.special import bdtr, bdtrc  # here, since even this part of scipy takes a moment to load

    tail = (1 - CONFIDENCE) / 2
    numbers = range(count + 1)
    low = bisect_left(numbers, x=True, key=lambda below: bool(bdtr(below, count, p) >= tail))
    high = bisect_left(numbers, x=True, key=lambda below: bool(bdtrc(below, count, p) <= tail)) + 1
    return low, high
