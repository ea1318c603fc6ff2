"""The usage of a month by its number of photos, as straight lines that a page can draw and price."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from itertools import pairwise
from math import isqrt

from compare.metering.assumptions import Bound
from compare.metering.month import Month
from compare.prices.book import PriceBook

LARGEST = 10**8  # photos a month
STARTS = (0, 1, *(10**power for power in range(1, 9)))
DOLLARS = 0.0005  # that a line may deviate, or else this share of the meter's amount
SHARE = 0.0003

type Knot = tuple[int, float]
type Usage = Callable[[int], Mapping[str, float]]


def knots(month: Month, bound: Bound, book: PriceBook) -> dict[str, tuple[Knot, ...]]:
    """Return each meter's billed quantity at numbers of photos between which it is a straight line.

    The lines deviate by at most :data:`DOLLARS` at the meter's highest price, or by :data:`SHARE`.
    """

    @cache
    def usage(images: int) -> Mapping[str, float]:
        found: dict[str, Decimal] = {}
        for each in month.usage(images, bound):
            found[each.meter] = found.get(each.meter, Decimal(0)) + each.quantity
        return {name: float(quantity) for name, quantity in found.items()}

    worth = {name: _unit_price(book, name) for name in usage(LARGEST).keys() | usage(0).keys()}

    def drawn(name: str, volumes: Sequence[int]) -> list[Knot]:
        return [(images, usage(images).get(name, 0.0)) for images in volumes]

    curved = {name: each for name, each in worth.items() if len(_thinned(drawn(name, STARTS), each)) > 2}
    volumes = [0]
    for low, high in pairwise(STARTS):
        _refine(low, high, usage, curved, volumes)
    return {
        name: _thinned(drawn(name, volumes if name in curved else STARTS), worth[name])
        for name in sorted(worth)
    }


def _unit_price(book: PriceBook, name: str) -> float:
    meter = book.meter(name)
    price = next(iter(meter.prices.values()))
    return float(max(tier.price for tier in price.tiers) / meter.per)


def _refine(low: int, high: int, usage: Usage, worth: Mapping[str, float], volumes: list[int]) -> None:
    """Append volumes up to ``high`` between which every meter's quantity is a straight line."""
    tries = {isqrt(low * high), (low + high) // 2} - {low, high}
    straight = all(_near(name, at, (low, high), usage, worth[name]) for name in worth for at in tries)
    if straight or high - low < 2:
        volumes.append(high)
        return
    middle = max(low + 1, isqrt(low * high))
    _refine(low, middle, usage, worth, volumes)
    _refine(middle, high, usage, worth, volumes)


def _near(name: str, at: int, ends: tuple[int, int], usage: Usage, worth: float) -> bool:
    first, last = ((end, usage(end).get(name, 0.0)) for end in ends)
    return _close(usage(at).get(name, 0.0), between(first, last, at), worth)


def _close(real: float, drawn: float, worth: float) -> bool:
    return abs(real - drawn) * worth <= max(DOLLARS, SHARE * real * worth)


def between(first: Knot, last: Knot, images: int) -> float:
    """Return the quantity on the line through two knots."""
    return first[1] + (last[1] - first[1]) * (images - first[0]) / (last[0] - first[0])


def _thinned(points: Sequence[Knot], worth: float) -> tuple[Knot, ...]:
    """Leave out the points that lie on the line between those that stay."""
    kept, passed = [points[0]], list[Knot]()
    for before, point in pairwise(points):
        if not all(_close(each[1], between(kept[-1], point, each[0]), worth / 2) for each in passed):
            kept.append(before)
            passed = []
        passed.append(point)
    return (*kept, points[-1])
