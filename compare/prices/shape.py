"""The schema of a price book file; reading rejects a file that does not match it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

import msgspec

Status = Literal["confirmed", "derived", "unconfirmed"]


class Shape(msgspec.Struct, forbid_unknown_fields=True):
    """A table that allows no unknown keys."""


class SourceTable(Shape):
    """A source of prices, and the date at which they were valid."""

    title: str
    url: str
    date: date


class Head(Shape):
    """Everything in a file except the meters."""

    format: int
    vendor: str
    home_region: str
    sources: dict[str, SourceTable]


class TierTable(Shape):
    """A price that applies from a quantity."""

    price: Decimal
    start: Decimal = msgspec.field(name="from")


class AllowanceTable(Shape):
    """A free monthly quantity; meters of one ``pool`` share it."""

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
