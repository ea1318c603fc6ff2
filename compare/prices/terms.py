"""Terms of one's own, such as discounts and negotiated prices, applied to the price book."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from compare.errors import PriceBookError
from compare.prices import commitments
from compare.prices.book import Commitment, Meter, Price, PriceBook, Source, Tier
from core.mistakes import Mistakes, meant

TABLES = ("discounts", "prices", "commitments")


def apply(book: PriceBook, path: Path) -> PriceBook:
    """Return the book at the terms of a TOML file.

    ``[discounts]`` has shares (0 to 1) by meter, or by the beginning of their names such as "aws.lambda"; the
    longest one counts. ``[prices]`` has committed prices by meter, for as many units as the book quotes; a
    discount does not apply to them. ``[commitments]`` has what is paid for each month, used or not, by meter:
    ``quantity``, its ``fee`` in US dollars, and the ``overage`` price of what is above it, if it is not the
    price that applies otherwise.

    Raises:
        PriceBookError: The file cannot be read, or has mistakes; the message has a line for each.
    """
    document = _read(path)
    mistakes = Mistakes(PriceBookError)
    for name in document:
        with mistakes.noted():
            if name not in TABLES:
                raise PriceBookError(f"{path}: unknown table {name!r}{meant(name, TABLES)}.")
    discounts = dict(_values(document, "discounts", book, path, mistakes))
    prices = dict(_values(document, "prices", book, path, mistakes))
    committed = commitments.read(document.get("commitments", {}), book, f"{path}, [commitments]", mistakes)
    mistakes.report()
    source = Source(f"own terms, {path.name}", "", datetime.now(UTC).date())
    prices |= {name: each.overage for name, each in committed.items() if each.overage is not None}
    meters = {
        name: _priced(meter, prices[name], source)
        if name in prices
        else _discounted(meter, _share(name, discounts), source)
        for name, meter in book.meters.items()
    }
    for name, each in committed.items():
        meters[name] = _committed(meters[name], each.commitment, source)
    return replace(book, meters=meters)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except OSError as error:
        raise PriceBookError(f"The terms {path} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        raise PriceBookError(f"The terms {path} are not valid TOML: {error}.") from None


def _values(
    document: Mapping[str, Any], table: str, book: PriceBook, path: Path, mistakes: Mistakes
) -> Iterator[tuple[str, Decimal]]:
    """Yield the names and values of a table, and note what is wrong with others."""
    known = {*book.meters, *(_prefixes(book) if table == "discounts" else ())}
    for name, value in _flat(document.get(table, {})):
        with mistakes.noted():
            where = f"{path}, [{table}]: {name}"
            if name not in known:
                raise PriceBookError(f"{where} is not a meter{meant(name, known)}.")
            if isinstance(value, bool) or not isinstance(value, int | Decimal):
                raise PriceBookError(f"{where} is {value!r}; it must be a number.")
            number = Decimal(value)
            if not number.is_finite() or number < 0 or (table == "discounts" and number > 1):
                allowed = "a share between 0 and 1" if table == "discounts" else "a price in US dollars"
                raise PriceBookError(f"{where} is {value}; it must be {allowed}.")
            yield name, number


def _flat(table: object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield names and values, whether names are quoted or TOML parsed their dots as tables."""
    if not isinstance(table, dict):
        yield prefix or "the table", table
        return
    for key, value in table.items():
        name = f"{prefix}.{key}" if prefix else key
        yield from _flat(value, name) if isinstance(value, dict) else ((name, value),)


def _prefixes(book: PriceBook) -> set[str]:
    parts = [name.split(".") for name in book.meters]
    return {".".join(each[:length]) for each in parts for length in range(1, len(each))}


def _share(name: str, discounts: Mapping[str, Decimal]) -> Decimal:
    fitting = [each for each in discounts if name == each or name.startswith(f"{each}.")]
    return discounts[max(fitting, key=len)] if fitting else Decimal(0)


def _priced(meter: Meter, price: Decimal, source: Source) -> Meter:
    """Return the meter at one price in every region."""
    tiers = (Tier(Decimal(0), price),)
    own = {
        region: replace(each, tiers=tiers, status="confirmed", source=source, low=None, high=None, note="")
        for region, each in meter.prices.items()
    }
    return replace(meter, prices=own)


def _committed(meter: Meter, commitment: Commitment, source: Source) -> Meter:
    note = (
        f"{commitment.quantity:,f} a month are paid for with ${commitment.fee:,f}, used or not; "
        f"the price is that of more: {source.title}."
    )
    own = {
        region: replace(each, commitment=commitment, note=f"{each.note} {note}".strip())
        for region, each in meter.prices.items()
    }
    return replace(meter, prices=own)


def _discounted(meter: Meter, share: Decimal, source: Source) -> Meter:
    if not share:
        return meter
    return replace(
        meter, prices={region: _less(each, share, source) for region, each in meter.prices.items()}
    )


def _less(price: Price, share: Decimal, source: Source) -> Price:
    left = 1 - share
    note = f"{price.note} {100 * share:f} % off the list price: {source.title}.".strip()
    tiers = tuple(Tier(tier.start, tier.price * left) for tier in price.tiers)
    if not left:  # nothing is uncertain about what is free
        return replace(price, tiers=tiers, status="confirmed", low=None, high=None, note=note)
    low, high = (None if bound is None else bound * left for bound in (price.low, price.high))
    return replace(price, tiers=tiers, low=low, high=high, note=note)
