"""``twinlens prices``: the price book and the vendors' live lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.console import Json, console, print_json, print_table
from compare.billing.reading import plain
from compare.cost.document import allowance_document, source_document
from compare.errors import PriceBookError
from compare.prices.book import Meter, Price, PriceBook
from compare.prices.check import doubts
from compare.prices.reading import load
from compare.prices.refresh import ADDRESSES, PROBLEMS, Outcome, PriceLists, compare
from compare.prices.refresh import write as write_outcomes
from core.mistakes import meant

app = typer.Typer(no_args_is_help=True, help="The price book and the vendors' live price lists.")

Region = Annotated[str | None, typer.Option("--region", "-r", help="Only this region.")]


@app.command()
def show(
    meter: Annotated[str, typer.Argument(help="Only meters whose name starts with this.")] = "",
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Print the price book."""
    entries = _entries(load(), meter, [region] if region else [])
    if as_json:
        print_json([_document(*entry) for entry in entries])
        return
    columns = ("meter", "region", "price", "free a month", "status", "source")
    rows = [[escape(cell) for cell in _cells(*entry)] for entry in entries]
    print_table(columns, rows, numbers=("free a month",))


@app.command()
def check(
    old_after: Annotated[int, typer.Option(help="Days after which a price counts as old.", min=0)] = 180,
    as_json: Json = False,
) -> None:
    """Validate the price book; list prices that are old, derived or unconfirmed."""
    book = load()
    found = list(doubts(book, datetime.now(UTC).date(), old_after))
    if as_json:
        print_json([{**_document(doubt.meter, doubt.price), "reason": doubt.reason} for doubt in found])
        return
    rows = [
        [
            escape(cell)
            for cell in (doubt.meter.name, doubt.price.region, doubt.reason, doubt.price.source.title)
        ]
        for doubt in found
    ]
    print_table(("meter", "region", "reason", "source"), rows)
    console.print(f"\nThe price book is valid: {len(book.meters)} meters. {len(found)} prices need review.")


@app.command()
def refresh(
    meter: Annotated[str, typer.Argument(help="Only meters whose name starts with this.")] = "",
    region: Annotated[list[str] | None, typer.Option("--region", "-r", help="Only this region.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Update the book with the vendors' prices.")] = False,
    aws_url: Annotated[str, typer.Option(help="The URL of the AWS price list.")] = ADDRESSES["aws"],
    azure_url: Annotated[str, typer.Option(help="The URL of the Azure price list.")] = ADDRESSES["azure"],
    as_json: Json = False,
) -> None:
    """Compare the price book with the vendors' lists; exit with 1 if a difference needs a decision."""
    book = load()
    _entries(book, meter, region or [])
    lists = PriceLists(datetime.now(UTC).date(), {"aws": aws_url, "azure": azure_url})
    outcomes = list(compare(book, lists, region or (), meter))
    written = write_outcomes(outcomes) if write else 0
    if as_json:
        print_json([_outcome(outcome) for outcome in outcomes])
    else:
        _show_outcomes(outcomes)
        if written:
            console.print(f"Wrote {written} prices, with their sources and dates.")
    if any(outcome.kind in PROBLEMS for outcome in outcomes):
        raise typer.Exit(1)


def _show_outcomes(outcomes: list[Outcome]) -> None:
    rows = [
        [escape(cell) for cell in (each.meter.name, each.price.region, each.kind, each.detail)]
        for each in outcomes
        if each.kind != "same"
    ]
    if rows:
        print_table(("meter", "region", "found", "reason"), rows)
    counts = Counter(outcome.kind for outcome in outcomes)
    console.print("\n" + ", ".join(f"{count} {kind}" for kind, count in counts.items()) + ".")


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "meter": outcome.meter.name,
        "region": outcome.price.region,
        "found": outcome.kind,
        "detail": outcome.detail,
        "source": outcome.listed and source_document(outcome.listed.source),
    }


def _entries(book: PriceBook, start: str, regions: Collection[str]) -> list[tuple[Meter, Price]]:
    """Return the prices in the regions, or in all, of meters whose name starts so.

    Raises:
        PriceBookError: There are none; the message says what there is.
    """
    known = [region for vendor in book.home_regions for region in book.regions(vendor)]
    for region in regions:
        if region not in known:
            raise PriceBookError(
                f"The price book has no region {region!r}{meant(region, known)}; it has {', '.join(known)}."
            )
    if not any(name.startswith(start) for name in book.meters):
        raise PriceBookError(
            f"No meter's name starts with {start!r}{meant(start, book.meters)}: "
            "`twinlens prices show` lists all."
        )
    found = [
        (meter, price)
        for meter in book.meters.values()
        for price in meter.prices.values()
        if meter.name.startswith(start) and (not regions or price.region in regions)
    ]
    if not found:
        raise PriceBookError(
            f"No meter whose name starts with {start!r} has a price in {', '.join(regions)}."
        )
    return found


def _cells(meter: Meter, price: Price) -> tuple[str, ...]:
    tiers = ", ".join(
        f"${tier.price:f}" + (f" from {plain(tier.start)}" if tier.start else "") for tier in price.tiers
    )
    free = plain(meter.allowance.quantity) if meter.allowance else ""
    source = f"{price.source.title}, {price.source.date}"
    bounds = "" if price.low is None else f", between ${price.low:f} and ${price.high:f}"
    quoted = f"{tiers} per {meter.quoted_unit}{bounds}"
    return (meter.name, price.region, quoted, free, price.status, source)


def _document(meter: Meter, price: Price) -> dict[str, Any]:
    return {
        "meter": meter.name,
        "title": meter.title,
        "region": price.region,
        "unit": meter.unit,
        "per": f"{meter.per:f}",
        "tiers": [{"from": f"{tier.start:f}", "price": f"{tier.price:f}"} for tier in price.tiers],
        "low": None if price.low is None else f"{price.low:f}",
        "high": None if price.high is None else f"{price.high:f}",
        "allowance": meter.allowance and allowance_document(meter.allowance),
        "status": price.status,
        "note": price.note,
        "source": source_document(price.source),
    }
