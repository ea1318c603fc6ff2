"""Quantiles with distribution-free confidence intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Quantile:
    """The ``p`` quantile of ``count`` samples, with its 95 % confidence interval.

    ``value`` is ``None`` without samples; ``low`` and ``high`` are ``None`` if there are too few samples for
    such an interval.
    """

    p: float
    count: int
    value: float | None
    low: float | None
    high: float | None


def quantile(samples: Sequence[float], p: float) -> Quantile:
    """Return the ``p`` quantile (0 < p < 1): the smallest sample that at least this share does not exceed.

    The interval's ends are order statistics, chosen by the binomial distribution of how many samples fall
    below the true quantile (Conover, Practical Nonparametric Statistics, 3.2).
    """
    from scipy.stats import quantile_test  # here, since scipy.stats takes half a second to load

    count = len(samples)
    if not count:
        return Quantile(p, 0, None, None, None)
    ordered = np.sort(np.asarray(samples, dtype=float))
    value = float(np.quantile(ordered, p, method="inverted_cdf"))
    interval = quantile_test(ordered, p=p).confidence_interval(CONFIDENCE)
    if np.isnan(interval.low) or np.isnan(interval.high):
        return Quantile(p, count, value, None, None)
    return Quantile(p, count, value, float(interval.low), float(interval.high))
