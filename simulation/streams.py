"""Streams of random numbers, one for each component, from one seed.

A stream depends on the seed and its name alone. So two variants of a platform meet the same arrivals and the
same photos, and a component that draws more numbers than before changes no other. Numbers are drawn in
blocks with numpy's PCG64 and rounded to nine digits, so that machines whose logarithms differ in the last bit
simulate the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import numpy as np

BLOCK = 4096
DIGITS = 9

type Draw = Callable[[], float]
type Block = Callable[[np.random.Generator], np.ndarray]


class Streams:
    """The streams of one simulation."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def generator(self, name: str) -> np.random.Generator:
        """Return a generator that depends on the seed and the name alone."""
        digest = hashlib.sha256(name.encode()).digest()
        words = [int.from_bytes(digest[at : at + 4], "big") for at in range(0, 16, 4)]
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence([self._seed, *words])))

    def uniform(self, name: str) -> Draw:
        """Return a source of numbers from 0 (inclusive) to 1 (exclusive)."""
        return self._source(name, lambda generator: generator.random(BLOCK))

    def exponential(self, name: str) -> Draw:
        """Return a source of exponential numbers with mean 1."""
        return self._source(name, lambda generator: generator.standard_exponential(BLOCK))

    def lognormal(
        self, name: str, median: float, sigma: float, tail: float = 0.0, scale: float = 0.0
    ) -> Draw:
        """Return a source of lognormal times; a share ``tail`` of them takes longer by ``scale`` on average.

        The addition of the tail is exponential.
        """

        def block(generator: np.random.Generator) -> np.ndarray:
            body = median * np.exp(sigma * generator.standard_normal(BLOCK))
            late = generator.random(BLOCK) < tail
            return body + late * scale * generator.standard_exponential(BLOCK)

        return self._source(name, block)

    def _source(self, name: str, block: Block) -> Draw:
        return _numbers(self.generator(name), block).__next__


def _numbers(generator: np.random.Generator, block: Block) -> Iterator[float]:
    while True:
        yield from np.round(block(generator), DIGITS).tolist()
