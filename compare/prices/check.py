"""Find prices in the price book that need review."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from compare.prices.book import Meter, Price, PriceBook


@dataclass(frozen=True)
class Doubt:
    """A price that needs review: not confirmed, or too old."""

    meter: Meter
    price: Price
    age_days: int
    old: bool

    @property
    def reason(self) -> str:
        """The reason in a few words."""
        words: list[str] = [] if self.price.status == "confirmed" else [self.price.status]
        if self.price.low is not None:
            words.append(f"between {self.price.low:f} and {self.price.high:f}")
        if self.old:
            words.append(f"{self.age_days} days old")
        return ", ".join(words)


def doubts(book: PriceBook, today: date, old_after_days: int) -> Iterator[Doubt]:
    """Yield every price that is derived, unconfirmed, or older than ``old_after_days`` days."""
    for meter in book.meters.values():
        for price in meter.prices.values():
            age = (today - price.source.date).days
            if price.status != "confirmed" or age > old_after_days:
                yield Doubt(meter, price, age, age > old_after_days)
