"""The price book: one entry a meter, with tiers, free allowance, source, date and status."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

from compare.errors import PriceBookError
from compare.prices.reading import Table

FOLDER = Path(__file__).parent
VENDORS = ("aws", "azure")
FORMAT = 1

Status = Literal["confirmed", "derived", "unconfirmed"]
STATUSES: tuple[Status, ...] = ("confirmed", "derived", "unconfirmed")


@dataclass(frozen=True)
class Source:
    """Where a price was read, and the date it held."""

    title: str
    url: str
    date: date


@dataclass(frozen=True)
class Tier:
    """From ``start`` billed units on, ``price`` is charged for every ``per`` units of the meter."""

    start: Decimal
    price: Decimal


@dataclass(frozen=True)
class Allowance:
    """So many units a month are free within ``scope``; meters of one ``pool`` share them."""

    quantity: Decimal
    scope: str
    pool: str
    source: Source


@dataclass(frozen=True)
class Price:
    """A meter's price in one region; ``low`` and ``high`` bound it where it is unconfirmed."""

    region: str
    tiers: tuple[Tier, ...]
    status: Status
    source: Source
    low: Decimal | None
    high: Decimal | None
    note: str
    listing: Mapping[str, Any]


@dataclass(frozen=True)
class Meter:
    """What is billed, in which unit, and its prices by region."""

    name: str
    title: str
    vendor: str
    unit: str
    per: Decimal
    allowance: Allowance | None
    prices: Mapping[str, Price]

    @property
    def quoted_unit(self) -> str:
        """What a price is for, in words: "GB-second", "1,000,000 requests of 64 KB"."""
        if self.per == 1:
            return self.unit
        thing, *rest = self.unit.split(" ")
        return " ".join((f"{self.per:,f}", f"{thing}s", *rest))


@dataclass(frozen=True)
class PriceBook:
    """All meters of both vendors, and the region each vendor's prices are complete for."""

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

    def regions(self, vendor: str) -> tuple[str, ...]:
        """Return every region that has at least one price, the vendor's home region first."""
        found = (
            region for meter in self.meters.values() if meter.vendor == vendor for region in meter.prices
        )
        return tuple(dict.fromkeys((self.home_regions[vendor], *found)))


@cache
def load(folder: Path = FOLDER) -> PriceBook:
    """Read and check ``aws.toml`` and ``azure.toml``.

    Raises:
        PriceBookError: A file is missing or an entry is wrong; the entry and what is wrong with it are named.
    """
    meters: dict[str, Meter] = {}
    homes: dict[str, str] = {}
    for vendor in VENDORS:
        document = _read(folder / f"{vendor}.toml")
        if document.choice("vendor", VENDORS) != vendor:
            raise PriceBookError(f"{vendor}.toml says it is of another vendor.")
        if document.number("format") != FORMAT:
            raise PriceBookError(f"{vendor}.toml is not of format {FORMAT}, the one this version reads.")
        homes[vendor] = document.text("home_region")
        sources = {name: _source(table) for name, table in document.table("sources").tables()}
        meters |= {name: _meter(name, table, vendor, sources) for name, table in document.tables()}
    return PriceBook(meters, homes)


def _read(path: Path) -> Table:
    try:
        return Table(path.name, tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal))
    except OSError as error:
        raise PriceBookError(f"The price book {path} cannot be read: {error.strerror}.") from None
    except tomllib.TOMLDecodeError as error:
        raise PriceBookError(f"The price book {path} is not valid TOML: {error}.") from None


def _source(table: Table) -> Source:
    source = Source(table.text("title"), table.text("url"), table.date("date"))
    table.finish()
    return source


def _meter(name: str, table: Table, vendor: str, sources: Mapping[str, Source]) -> Meter:
    if not name.startswith(f"{vendor}."):
        raise PriceBookError(f"{table.where}: a meter of {vendor} has a name that begins with {vendor!r}.")
    allowance = table.table("allowance") if "allowance" in table else None
    listing = table.mapping("listing")
    meter = Meter(
        name=name,
        title=table.text("title"),
        vendor=vendor,
        unit=table.text("unit"),
        per=table.positive("per"),
        allowance=_allowance(name, allowance, sources) if allowance else None,
        prices={
            region: _price(region, entry, listing, sources)
            for region, entry in table.table("regions").tables()
        },
    )
    table.finish()
    if not meter.prices:
        raise PriceBookError(f"{table.where} has no price in any region.")
    return meter


def _allowance(meter: str, table: Table, sources: Mapping[str, Source]) -> Allowance:
    allowance = Allowance(
        quantity=table.positive("quantity"),
        scope=table.text("scope"),
        pool=table.text("pool", default=meter),
        source=sources[table.choice("source", tuple(sources))],
    )
    table.finish()
    return allowance


def _price(region: str, table: Table, listing: Mapping[str, Any], sources: Mapping[str, Source]) -> Price:
    status = table.choice("status", STATUSES)
    low, high = table.optional_number("low"), table.optional_number("high")
    price = Price(
        region=region,
        tiers=tuple(_tiers(table)),
        status=status,
        source=sources[table.choice("source", tuple(sources))],
        low=low,
        high=high,
        note=table.text("note", default=""),
        listing={**listing, **table.mapping("listing")},
    )
    table.finish()
    if (status == "unconfirmed") != (low is not None) or (low is None) != (high is None):
        raise PriceBookError(f"{table.where}: an unconfirmed price has low and high, and no other has.")
    if low is not None and high is not None and not low <= price.tiers[0].price <= high:
        raise PriceBookError(f"{table.where}: the price is not between low and high.")
    return price


def _tiers(table: Table) -> Iterator[Tier]:
    if "price" in table:
        yield Tier(Decimal(0), table.number("price"))
        return
    previous = Decimal(-1)
    for entry in table.array("tiers"):
        tier = Tier(entry.number("from"), entry.number("price"))
        entry.finish()
        if tier.start <= previous or (previous < 0 and tier.start != 0):
            raise PriceBookError(f"{table.where}: tiers begin at 0 and rise; {tier.start} does not fit.")
        previous = tier.start
        yield tier
