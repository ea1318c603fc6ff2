"""Quantiles with confidence intervals that assume nothing of the distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

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
    below the true quantile (Conover, Practical Nonparametric Statistics, 3.2; ``scipy.stats.quantile_test``).
    """
    if not samples:
        return Quantile(p, 0, None, None, None)
    from scipy.stats import quantile_test  # here, since it takes seconds to load

    value = float(np.quantile(samples, p, method="inverted_cdf"))
    interval = quantile_test(samples, q=value, p=p).confidence_interval(CONFIDENCE)
    if math.isnan(interval.low) or math.isnan(interval.high):
        return Quantile(p, len(samples), value, None, None)
    return Quantile(p, len(samples), value, float(interval.low), float(interval.high))
