"""The ratio of two totals over the same items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compare.statistics.comparison import AT_ONCE, RESAMPLES, SEED
from compare.statistics.quantiles import CONFIDENCE

PAIRS_NEEDED = 6  # with fewer, most resamples are equal


@dataclass(frozen=True)
class Proportion:
    """The second total over the first, with its 95 % bootstrap interval, if there are enough pairs."""

    pairs: int
    value: float
    low: float | None
    high: float | None


def proportion(pairs: Sequence[tuple[float, float]]) -> Proportion:
    """Return the sum of the second values divided by the sum of the first, all positive.

    The interval is a percentile bootstrap over whole pairs, which treats the measured items as a sample.
    """
    values = np.asarray(pairs, dtype=float)
    first, second = values.sum(axis=0)
    if len(pairs) < PAIRS_NEEDED:
        return Proportion(len(pairs), float(second / first), None, None)
    from scipy.stats import bootstrap  # here, since scipy.stats takes half a second to load

    found = bootstrap(
        (values[:, 0], values[:, 1]),
        lambda ones, others, axis: others.sum(axis) / ones.sum(axis),
        n_resamples=RESAMPLES,
        batch=max(1, AT_ONCE // len(pairs)),
        vectorized=True,
        paired=True,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return Proportion(len(pairs), float(second / first), float(found.low), float(found.high))
