"""Compare the latencies of two runs, with the significance of the difference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from compare.statistics.quantiles import CONFIDENCE, Quantile, quantile

Verdict = Literal["first", "second", "undecided"]
Bursts = Sequence[Sequence[float]]
type Draws = NDArray[np.float64]
RESAMPLES = 10_000
FEWEST_RESAMPLES = 500
PATIENCE = 20_000_000  # samples processed, beyond which more resamples are not worth the time
AT_ONCE = 2_000_000  # samples processed in one array
SEED = 20_260_101  # any fixed number: the same runs give the same report


@dataclass(frozen=True)
class Ratio:
    """The ``p`` quantile of the first run over that of the second, with its 95 % bootstrap interval.

    ``value``, ``low`` and ``high`` are ``None`` if either side has too few samples for an interval.
    ``smaller`` names the side with the smaller quantile, only if the interval excludes 1.
    """

    p: float
    value: float | None
    low: float | None
    high: float | None
    smaller: Verdict


def compare_quantiles(first: Bursts, second: Bursts, p: float) -> Ratio:
    """Compare the ``p`` quantiles (0 < p < 1) of two runs: see :func:`compare_all`."""
    return compare_all((first, second), p)[0, 1]


def compare_all(runs: Sequence[Bursts], p: float) -> dict[tuple[int, int], Ratio]:
    """Compare the ``p`` quantiles (0 < p < 1) of every two runs, each given as bursts of positive samples.

    Samples of one burst are correlated, so whole bursts are drawn first and then samples from these (a
    two-level bootstrap: Davison and Hinkley, Bootstrap Methods and their Application, 3.8). Drawing samples
    alone would find a difference between equal runs far more often than one time in twenty. Each run is drawn
    once, by a generator of its own, and the pairs share its draws.
    """
    own = [quantile(list(chain(*bursts)), p) for bursts in runs]
    draws = [
        _resampled(bursts, p, _resamples(each.count), np.random.default_rng((SEED, number)))
        if each.low is not None
        else None
        for number, (bursts, each) in enumerate(zip(runs, own, strict=True))
    ]
    return {
        (one, other): _ratio(p, (own[one], own[other]), (draws[one], draws[other]))
        for one, other in combinations(range(len(runs)), 2)
    }


def _resamples(count: int) -> int:
    return min(RESAMPLES, max(FEWEST_RESAMPLES, PATIENCE // count))


def _ratio(p: float, own: tuple[Quantile, Quantile], draws: tuple[Draws | None, Draws | None]) -> Ratio:
    first, second = draws
    if first is None or second is None:
        return Ratio(p, None, None, None, "undecided")
    both = min(len(first), len(second))
    ratios = first[:both] / second[:both]
    tail = (1 - CONFIDENCE) / 2
    low, high = (float(edge) for edge in np.quantile(ratios, [tail, 1 - tail]))
    value = (own[0].value or 0.0) / (own[1].value or math.nan)
    smaller: Verdict = "first" if high < 1 else "second" if low > 1 else "undecided"
    return Ratio(p, value, low, high, smaller)


def _resampled(bursts: Bursts, p: float, resamples: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Return the ``p`` quantile of each of ``resamples`` resamples.

    The samples of the drawn bursts are not really resampled: the k-th smallest of n uniform draws follows
    Beta(k, n - k + 1), and the sorted sample at that position is the k-th smallest of the resample.
    """
    filled = [samples for samples in bursts if samples]
    count = len(filled)
    samples = np.concatenate([np.asarray(each, dtype=float) for each in filled])
    burst = np.repeat(np.arange(count), [len(each) for each in filled])
    order = np.argsort(samples)
    samples, burst = samples[order], burst[order]
    drawn = random.multinomial(count, np.full(count, 1 / count), resamples).astype(np.int32)
    chosen = [
        samples[_place(np.cumsum(some[:, burst], axis=1, dtype=np.int32), p, random)]
        for some in np.array_split(drawn, max(1, resamples * len(samples) // AT_ONCE))
    ]
    return np.concatenate(chosen)


def _place(counted: NDArray[np.int32], p: float, random: np.random.Generator) -> NDArray[np.int64]:
    """Return the index of each resample's ``p`` quantile in the sorted samples.

    A row of ``counted`` has, for each sorted sample, the number of the drawn bursts' samples up to it.
    """
    total = counted[:, -1]
    rank = np.ceil(p * total)
    place = np.maximum(np.ceil(total * random.beta(rank, total - rank + 1)), 1)
    found: NDArray[np.int64] = (counted < place[:, np.newaxis]).sum(axis=1)
    return found
