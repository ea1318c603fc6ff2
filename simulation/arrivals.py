"""Arrivals: the moments at which jobs arrive, and the sizes of their photos."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from math import cos, log, pi

import numpy as np

from simulation.book import Z90
from simulation.streams import BLOCK, DIGITS, Streams
from simulation.workload import Photos, Workload

DAY = 86_400.0
SWING = 0.5  # a day's rate swings by half of its mean: three times as much by day as by night


def arrivals(workload: Workload, streams: Streams) -> Iterator[tuple[float, float]]:
    """Yield the time of each arrival in seconds, and the photo's megapixels; one burst of a burst."""
    given = workload.arrivals
    if given.kind == "trace":
        yield from given.trace
        return
    yield from zip(_moments(workload, streams), sizes(workload.photos, streams), strict=False)


def _moments(workload: Workload, streams: Streams) -> Iterator[float]:
    given = workload.arrivals
    end, rate = given.hours * 3600.0, given.rate_per_second
    if given.kind in ("burst", "batch"):  # a batch takes them when it is their turn
        yield from repeat(0.0, given.count)
        return
    if given.kind == "rate":
        for number in range(given.jobs):
            yield number / rate
        return
    now, gap, keep = 0.0, streams.exponential("arrivals"), streams.uniform("arrivals.thinned")
    peak = rate * (1 + SWING) if given.kind == "daily" else rate
    while (now := now + gap() / peak) < end:
        # A daily profile is a Poisson process at its peak rate, thinned; its quietest hour is the first.
        if given.kind == "poisson" or keep() * (1 + SWING) < 1 - SWING * cos(2 * pi * now / DAY):
            yield now


def sizes(photos: Photos, streams: Streams) -> Iterator[float]:
    """Yield megapixels."""
    if photos.p95 == photos.median:
        yield from repeat(photos.median)
    sigma = log(photos.p95 / photos.median) / Z90
    generator = streams.generator("megapixels")
    while True:
        drawn = photos.median * np.exp(sigma * generator.standard_normal(BLOCK))
        yield from np.round(drawn, DIGITS).tolist()
