"""Quantities that one has committed to pay for, in a file of terms of one's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from compare.errors import PriceBookError
from compare.prices.book import Commitment, PriceBook
from core.mistakes import Mistakes, meant

NEEDED = ("quantity", "fee")
KEYS = (*NEEDED, "overage")


@dataclass(frozen=True)
class Terms:
    """A commitment, and the price of what is above it for as many units as the book quotes, if stated."""

    commitment: Commitment
    overage: Decimal | None


def read(table: object, book: PriceBook, where: str, mistakes: Mistakes) -> dict[str, Terms]:
    """Return the commitments of the table ``[commitments]`` by meter, and note what is wrong with others."""
    found = {}
    for name, values in _tables(table):
        with mistakes.noted():
            if name not in book.meters:
                raise PriceBookError(f"{where}: {name} is not a meter{meant(name, book.meters)}.")
            found[name] = _terms(values, f"{where}: {name}")
    return found


def _tables(table: object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield meters and what is said of them, whether names are quoted or TOML parsed their dots as tables."""
    if not isinstance(table, Mapping):
        yield prefix or "the table", table
        return
    for key, value in table.items():
        name = f"{prefix}.{key}" if prefix else key
        inner = isinstance(value, Mapping) and value and all(isinstance(x, Mapping) for x in value.values())
        yield from _tables(value, name) if inner else ((name, value),)


def _terms(values: object, where: str) -> Terms:
    if not isinstance(values, Mapping):
        raise PriceBookError(f"{where} is {values!r}; it must be a table with {', '.join(KEYS)}.")
    wrong = [f"unknown key {key!r}{meant(key, KEYS)}" for key in values if key not in KEYS]
    wrong += [f"{key} is missing" for key in NEEDED if key not in values]
    wrong += [
        f"{key} is {value!r}; it must be a number of at least zero"
        for key, value in values.items()
        if key in KEYS and not _is_amount(value)
    ]
    if wrong:
        raise PriceBookError(f"{where}: {'; '.join(wrong)}.")
    overage = values.get("overage")
    return Terms(
        Commitment(Decimal(values["quantity"]), Decimal(values["fee"])),
        None if overage is None else Decimal(overage),
    )


def _is_amount(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return False
    return Decimal(value).is_finite() and value >= 0
