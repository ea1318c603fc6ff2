"""Write the vendors' list prices to the price book, preserving its comments and order."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from decimal import Decimal
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import Item

from compare.prices.book import Tier
from compare.prices.reading import FOLDER, VENDORS, load
from compare.prices.refresh.difference import Outcome
from compare.prices.refresh.listing import Listed
from core.files import write_whole


def write(outcomes: Collection[Outcome], folder: Path = FOLDER) -> int:
    """Write every listed price, with its source and date, as confirmed; return the number of prices.

    The result is validated before it replaces the existing files.

    Raises:
        PriceBookError: The result is not a valid price book.
    """
    listed = [outcome for outcome in outcomes if outcome.listed]
    texts = {vendor: _updated(folder / f"{vendor}.toml", vendor, listed) for vendor in VENDORS}
    with tempfile.TemporaryDirectory() as trial:
        for vendor, text in texts.items():
            (Path(trial) / f"{vendor}.toml").write_text(text, encoding="utf-8")
        load(Path(trial))
    for vendor, text in texts.items():
        write_whole(folder / f"{vendor}.toml", text.encode())
    load.cache_clear()
    return len(listed)


def _updated(path: Path, vendor: str, outcomes: Collection[Outcome]) -> str:
    document: Any = tomlkit.parse(path.read_text(encoding="utf-8"))
    for outcome in outcomes:
        if outcome.meter.vendor == vendor and outcome.listed:
            meter = document[outcome.meter.name]
            entry = meter["regions"][outcome.price.region]
            source = _source(document, outcome.listed)
            if outcome.price.status != "confirmed":
                for doubt in ("low", "high", "note"):
                    entry.pop(doubt, None)
            entry.update({"status": "confirmed", "source": source})
            if outcome.tiers:
                _set_tiers(entry, outcome.tiers)
            if outcome.free is not None:
                _set_allowance(meter, outcome.free, source)
    _drop_unused_sources(document)
    return tomlkit.dumps(document)


def _set_tiers(entry: Any, tiers: tuple[Tier, ...]) -> None:
    """Set a single price or several tiers."""
    if len(tiers) == 1:
        entry.pop("tiers", None)
        entry["price"] = _price(tiers[0])
        return
    entry.pop("price", None)
    array = tomlkit.array()
    for tier in tiers:
        start, price = _quantity(tier.start).as_string(), _price(tier).as_string()
        array.append(tomlkit.value(f"{{ from = {start}, price = {price} }}"))
    entry["tiers"] = array.multiline(True)


def _set_allowance(meter: Any, quantity: Decimal, source: str) -> None:
    """Set the free quantity; a new allowance is assumed to apply per account and month."""
    if "allowance" not in meter:
        meter["allowance"] = tomlkit.inline_table()
        meter["allowance"]["scope"] = "account and month"
    meter["allowance"].update({"quantity": _quantity(quantity), "source": source})


def _source(document: Any, listed: Listed) -> str:
    """Add the list to the sources, under a name with its date, and return the name."""
    if listed.source_name not in document["sources"]:
        table = tomlkit.table()
        table.update({"title": listed.source.title, "url": listed.source.url, "date": listed.source.date})
        table.add(tomlkit.nl())
        document["sources"][listed.source_name] = table
    return listed.source_name


def _drop_unused_sources(document: Any) -> None:
    used = set()
    for key, value in document.items():
        if key != "sources" and isinstance(value, dict):
            used.add(value.get("allowance", {}).get("source"))
            used |= {entry["source"] for entry in value["regions"].values()}
    for name in [name for name in document["sources"] if name not in used]:
        del document["sources"][name]


def _quantity(value: Decimal) -> Item:
    """Return a TOML number; an integer has its thousands separated."""
    return tomlkit.value(f"{int(value):_}" if value == int(value) else f"{value:f}")


def _price(tier: Tier) -> Item:
    """Return a TOML number with exactly the digits of the price, which a float would not preserve."""
    text = f"{tier.price.normalize():f}"
    return tomlkit.value(text if "." in text else f"{text}.0")
