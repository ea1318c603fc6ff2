"""The bills of a month by the bounds of what is not known about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from compare.billing.reading import MeterReading
from compare.cost.bill import Bill, price
from compare.cost.exact import dollars
from compare.metering.assumptions import BOUNDS, Bound
from compare.metering.month import Month
from compare.prices.book import PriceBook


@dataclass(frozen=True)
class Bills:
    """A month's bill by bound: ``low`` also has unconfirmed prices at their lower bounds, and so on."""

    by_bound: dict[Bound, Bill]

    def is_below(self, other: Bills) -> bool:
        """Return whether this month certainly costs less.

        What is not known about a cloud applies to both bills if they are of the same cloud, so each bound is
        compared with its own; otherwise the ranges must not overlap.
        """
        if self._vendors == other._vendors:
            return self.low < other.low and self.expected < other.expected and self.high < other.high
        return self.high < other.low

    @property
    def _vendors(self) -> frozenset[str]:
        return frozenset(line.meter.vendor for bill in self.by_bound.values() for line in bill.lines)

    @property
    def low(self) -> Decimal:
        """The least that the month may cost."""
        return self.by_bound["low"].low

    @property
    def expected(self) -> Decimal:
        """What the month most likely costs."""
        return self.by_bound["expected"].total

    @property
    def high(self) -> Decimal:
        """The most that the month may cost."""
        return self.by_bound["high"].high


@dataclass(frozen=True)
class BatchCost:
    """What a batch of so many photos costs in US dollars, beside what its stack costs anyway."""

    photos: int
    expected: Decimal
    low: Decimal
    high: Decimal

    @property
    def amount(self) -> str:
        """The cost in words, in total and for one photo, and what it includes."""
        return (
            f"{dollars(self.expected)}, between {dollars(self.low)} and {dollars(self.high)}, or "
            f"{dollars(self.expected / self.photos)} a photo, at list prices and without free tiers"
        )


def batch_cost(
    month: Month, items: int, book: PriceBook, regions: Iterable[str] = (), *, skipped: int = 0
) -> BatchCost:
    """Price batches of so many items, of which some were skipped; their outputs are stored for a month."""
    named = tuple(regions)
    bills = Bills({each: price(month.of_batches(items, each), book, named, False) for each in BOUNDS})
    return BatchCost(items - skipped, bills.expected, bills.low, bills.high)


def month_bills(
    month: Month,
    images: int,
    book: PriceBook,
    regions: Iterable[str] = (),
    *,
    free_tier: bool = True,
    age: int = 1,
    more: tuple[MeterReading, ...] = (),
) -> Bills:
    """Price a month with ``images`` photos, and ``more`` usage; see :meth:`Month.usage` for ``age``."""
    named = tuple(regions)
    return Bills(
        {bound: price((*month.usage(images, bound, age), *more), book, named, free_tier) for bound in BOUNDS}
    )
