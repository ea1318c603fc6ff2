"""The shape of a price book file; what is of another shape is refused when it is read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

import msgspec

Status = Literal["confirmed", "derived", "unconfirmed"]


class Shape(msgspec.Struct, forbid_unknown_fields=True):
    """A table whose every key means something."""


class SourceTable(Shape):
    """Where prices were read, and the date they held."""

    title: str
    url: str
    date: date


class Head(Shape):
    """Everything in a file that is no meter."""

    format: int
    vendor: str
    home_region: str
    sources: dict[str, SourceTable]


class TierTable(Shape):
    """A price from some quantity on."""

    price: Decimal
    start: Decimal = msgspec.field(name="from")


class AllowanceTable(Shape):
    """What a month has free; meters of one ``pool`` share it."""

    quantity: Decimal
    scope: str
    source: str
    pool: str | None = None


class PriceTable(Shape):
    """One region's price, or its tiers; ``listing`` overrides parts of the meter's."""

    status: Status
    source: str
    price: Decimal | None = None
    tiers: tuple[TierTable, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    note: str = ""
    listing: dict[str, Any] = {}


class MeterTable(Shape):
    """One meter with all its regions; ``listing`` says how to find it in the vendor's list."""

    title: str
    unit: str
    per: Decimal
    regions: dict[str, PriceTable]
    allowance: AllowanceTable | None = None
    listing: dict[str, Any] = {}
