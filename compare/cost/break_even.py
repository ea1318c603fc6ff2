"""Where two stacks cost the same, and from where on one is certainly cheaper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, pairwise

from compare.cost.bills import Bills
from compare.cost.exact import dollars

VOLUMES = tuple(factor * 10**power for power in range(3, 8) for factor in (1, 2, 5))

SENTENCE = (
    "Up to about {images} photos a month ({amount}) {below} most likely costs less, beyond that {above}: "
    "{claim}."
)
CERTAIN = "{name} certainly {words} {volume}"
UNCERTAIN = "their ranges overlap at every volume shown"

type Curve = Callable[[int], Bills]
"""The bills of a month by the number of its photos."""


@dataclass(frozen=True)
class BreakEven:
    """The volume at which two stacks cost the same, ``amount`` US dollars a month with free tiers.

    Up to ``images`` photos a month ``below`` most likely costs less, beyond that ``above``. Up to
    ``certain_below`` and from ``certain_above`` on, if there are such volumes, that is certain: see
    :meth:`Bills.is_below`.
    """

    images: int
    amount: Decimal
    below: str
    above: str
    certain_below: int | None = None
    certain_above: int | None = None

    @property
    def sentence(self) -> str:
        """Say where the two change places, and how certain that is."""
        certain = [
            CERTAIN.format(name=name, words=words, volume=f"{_rounded(volume):,}")
            for name, words, volume in (
                (self.below, "up to", self.certain_below),
                (self.above, "from", self.certain_above),
            )
            if volume
        ]
        return SENTENCE.format(
            images=f"{_rounded(self.images):,}",
            amount=dollars(self.amount),
            below=self.below,
            above=self.above,
            claim=" and ".join(certain) if certain else UNCERTAIN,
        )


def _rounded(images: int) -> int:
    """Return the number with two digits, as many as an estimate deserves."""
    return round(images, 2 - len(str(images)))


def break_evens(curves: Mapping[str, Curve]) -> tuple[BreakEven, ...]:
    """Return the volumes at which two of the stacks cost the same with free tiers."""
    return tuple(point for pair in combinations(curves.items(), 2) for point in _crossings(*pair))


def _crossings(first: tuple[str, Curve], second: tuple[str, Curve]) -> list[BreakEven]:
    def difference(images: int) -> Decimal:
        return first[1](images).expected - second[1](images).expected

    def swapped(images: int) -> bool:
        return (difference(images) > 0) != (before > 0)

    found = []
    signed = [(volume, gap) for volume in VOLUMES if (gap := difference(volume))]
    for (low, before), (high, after) in pairwise(signed):
        if (before > 0) != (after > 0):
            images = _first(low, high, swapped)
            below, above = (second, first) if before > 0 else (first, second)
            found.append(
                BreakEven(
                    images,
                    above[1](images).expected,
                    below[0],
                    above[0],
                    _last_certain(images, below[1], above[1]),
                    _first_certain(images, above[1], below[1]),
                )
            )
    return found


def _last_certain(images: int, cheaper: Curve, dearer: Curve) -> int | None:
    """Return the largest volume below ``images`` at which ``cheaper`` certainly costs less."""
    near = images
    for point in reversed([volume for volume in VOLUMES if volume < images]):
        if _certain(point, cheaper, dearer):
            return _first(point, near, lambda volume: not _certain(volume, cheaper, dearer)) - 1
        near = point
    return None


def _first_certain(images: int, cheaper: Curve, dearer: Curve) -> int | None:
    """Return the smallest volume from ``images`` on at which ``cheaper`` certainly costs less."""
    if _certain(images, cheaper, dearer):
        return images
    near = images
    for point in (volume for volume in VOLUMES if volume > images):
        if _certain(point, cheaper, dearer):
            return _first(near, point, lambda volume: _certain(volume, cheaper, dearer))
        near = point
    return None


def _certain(images: int, cheaper: Curve, dearer: Curve) -> bool:
    return cheaper(images).is_below(dearer(images))


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """Return the smallest volume above ``low`` at which a condition holds, if it holds at ``high``."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
