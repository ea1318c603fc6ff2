"""Read and validate the price book's files."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from compare.errors import PriceBookError
from compare.prices.book import Allowance, Meter, Price, PriceBook, Source, Tier
from compare.prices.shape import AllowanceTable, Head, MeterTable, PriceTable

FOLDER = Path(__file__).parent


VENDORS = ("aws", "azure")


FORMAT = 1


HEAD = ("format", "vendor", "home_region", "sources")


@cache
def load(folder: Path = FOLDER) -> PriceBook:
    """Read and check ``aws.toml`` and ``azure.toml``.

    Raises:
        PriceBookError: A file is missing or an entry is invalid; the message names the entry and the problem.
    """
    meters: dict[str, Meter] = {}
    homes: dict[str, str] = {}
    for vendor in VENDORS:
        file = f"{vendor}.toml"
        document = _read(folder / file)
        head = _shaped({key: document.pop(key) for key in HEAD if key in document}, Head, file)
        if head.vendor != vendor or head.format != FORMAT:
            raise PriceBookError(f"{file} is not a price book of {vendor} in format {FORMAT}.")
        homes[vendor] = head.home_region
        sources = {name: Source(each.title, each.url, each.date) for name, each in head.sources.items()}
        for name, table in document.items():
            where = f"{file}, {name}"
            meters[name] = _meter(name, _shaped(table, MeterTable, where), vendor, sources, where)
    _check_pools(meters.values())
    return PriceBook(meters, homes)


def _check_pools(meters: Iterable[Meter]) -> None:
    """Check that meters that share an allowance state the same quantity."""
    pools: dict[str, Decimal] = {}
    for meter in meters:
        if meter.allowance:
            shared = pools.setdefault(meter.allowance.pool, meter.allowance.quantity)
            if shared != meter.allowance.quantity:
                raise PriceBookError(
                    f"{meter.name}: its allowance is {meter.allowance.quantity:,f}, but others that share it "
                    f"have {shared:,f}."
                )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        raise PriceBookError(f"The price book {path} cannot be read: {error.strerror}.") from None
    except tomllib.TOMLDecodeError as error:
        raise PriceBookError(f"The price book {path} is not valid TOML: {error}.") from None


def _shaped[Kind](table: object, kind: type[Kind], where: str) -> Kind:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise PriceBookError(f"{where}: {error}.") from None


def _meter(name: str, table: MeterTable, vendor: str, sources: Mapping[str, Source], where: str) -> Meter:
    if not name.startswith(f"{vendor}."):
        raise PriceBookError(f"{where}: the name of a meter of {vendor} must begin with {vendor}.")
    if not table.regions:
        raise PriceBookError(f"{where}: it has no price in any region.")
    return Meter(
        name=name,
        title=table.title,
        vendor=vendor,
        unit=table.unit,
        per=_amount(table.per, f"{where}: per"),
        allowance=_allowance(name, table.allowance, sources, where),
        prices={
            region: _price(region, entry, table.listing, sources, f"{where}, {region}")
            for region, entry in table.regions.items()
        },
    )


def _allowance(
    meter: str, table: AllowanceTable | None, sources: Mapping[str, Source], where: str
) -> Allowance | None:
    if table is None:
        return None
    return Allowance(
        quantity=_amount(table.quantity, f"{where}: the allowance"),
        scope=table.scope,
        pool=table.pool or meter,
        source=_source(table.source, sources, where),
    )


def _price(
    region: str, table: PriceTable, listing: Mapping[str, Any], sources: Mapping[str, Source], where: str
) -> Price:
    if (table.price is None) == (not table.tiers):
        raise PriceBookError(f"{where}: it must have either a price or tiers.")
    tiers = tuple(Tier(each.start, each.price) for each in table.tiers)
    if table.price is not None:
        tiers = (Tier(Decimal(0), table.price),)
    starts = [tier.start for tier in tiers]
    if starts[0] != 0 or any(one >= following for one, following in pairwise(starts)):
        raise PriceBookError(f"{where}: its tiers must begin at 0 and increase.")
    bounds = [bound for bound in (table.low, table.high) if bound is not None]
    for price in (*(tier.price for tier in tiers), *bounds):
        _amount(price, f"{where}: a price", least=Decimal(0))
    if len(bounds) != (2 if table.status == "unconfirmed" else 0):
        raise PriceBookError(f"{where}: an unconfirmed price must have low and high, and no other price may.")
    if bounds and not (bounds[0] <= tiers[0].price <= bounds[1] and tiers[0].price):
        raise PriceBookError(f"{where}: its price must be positive and between low and high.")
    return Price(
        region=region,
        tiers=tiers,
        status=table.status,
        source=_source(table.source, sources, where),
        low=table.low,
        high=table.high,
        note=table.note,
        listing={**listing, **table.listing},
    )


def _amount(value: Decimal, what: str, least: Decimal | None = None) -> Decimal:
    """Return ``value`` if it is finite and positive, or at least ``least``."""
    if not value.is_finite() or (value <= 0 if least is None else value < least):
        raise PriceBookError(f"{what} is {value}, which is not valid.")
    return value


def _source(name: str, sources: Mapping[str, Source], where: str) -> Source:
    if name not in sources:
        raise PriceBookError(f"{where}: there is no source {name!r} in the file.")
    return sources[name]
