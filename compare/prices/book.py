"""The price book: one entry per meter, with tiers, free allowance, source, date and status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from compare.errors import PriceBookError
from compare.prices.shape import Status


@dataclass(frozen=True)
class Source:
    """The source of a price, and the date at which it was valid."""

    title: str
    url: str
    date: date


@dataclass(frozen=True)
class Tier:
    """A price tier: from ``start`` billed units, each ``per`` units of the meter cost ``price``."""

    start: Decimal
    price: Decimal


@dataclass(frozen=True)
class Allowance:
    """A free monthly quantity within ``scope``; meters of one ``pool`` share it."""

    quantity: Decimal
    scope: str
    pool: str
    source: Source


@dataclass(frozen=True)
class Commitment:
    """A quantity that is paid for each month with ``fee`` US dollars, used or not."""

    quantity: Decimal
    fee: Decimal


@dataclass(frozen=True)
class Price:
    """A meter's price in one region; ``low`` and ``high`` bound its first tier if it is unconfirmed."""

    region: str
    tiers: tuple[Tier, ...]
    status: Status
    source: Source
    low: Decimal | None
    high: Decimal | None
    note: str
    listing: Mapping[str, Any]
    commitment: Commitment | None = None


@dataclass(frozen=True)
class Meter:
    """A billed quantity, with its unit and its prices by region."""

    name: str
    title: str
    vendor: str
    unit: str
    per: Decimal
    allowance: Allowance | None
    prices: Mapping[str, Price]

    @property
    def quoted_unit(self) -> str:
        """The quantity that a price is quoted for: "GB-second", "1,000,000 requests of 64 KB"."""
        if self.per == 1:
            return self.unit
        thing, *rest = self.unit.split(" ")
        return " ".join((f"{self.per:,f}", f"{thing}s", *rest))


@dataclass(frozen=True)
class PriceBook:
    """All meters of both vendors, and for each vendor the home region, for which prices are complete."""

    meters: Mapping[str, Meter]
    home_regions: Mapping[str, str]

    def meter(self, name: str) -> Meter:
        """Return a meter.

        Raises:
            PriceBookError: There is no such meter.
        """
        if name not in self.meters:
            raise PriceBookError(f"There is no meter {name!r}; `twinlens prices show` lists them all.")
        return self.meters[name]

    def price(self, name: str, region: str) -> Price:
        """Return a meter's price in a region.

        Raises:
            PriceBookError: There is no such meter, or no price for it in that region.
        """
        meter = self.meter(name)
        if region not in meter.prices:
            known = ", ".join(meter.prices)
            raise PriceBookError(f"The price book has no price for {name} in {region}; it has {known}.")
        return meter.prices[region]

    def committed(self, vendor: str) -> tuple[str, ...]:
        """Return the vendor's meters with a commitment."""
        return tuple(
            name
            for name, meter in self.meters.items()
            if meter.vendor == vendor and any(price.commitment for price in meter.prices.values())
        )

    def regions(self, vendor: str) -> tuple[str, ...]:
        """Return all regions with at least one price, the vendor's home region first."""
        found = (
            region for meter in self.meters.values() if meter.vendor == vendor for region in meter.prices
        )
        return tuple(dict.fromkeys((self.home_regions[vendor], *found)))
