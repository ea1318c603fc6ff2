"""``twinlens cost``: price a stated usage."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from cli.console import Json, console, errors, print_json, print_table
from compare.billing.reading import plain
from compare.cost.bill import Bill, Line, price
from compare.cost.document import bill_document
from compare.cost.exact import dollars, exact, settled
from compare.cost.usage import read
from compare.metering.viewing import VIEWS
from compare.prices.book import PriceBook
from compare.prices.reading import load
from compare.prices.terms import apply

UsageFile = Annotated[Path, typer.Argument(help="A TOML file with one month's usage; see docs/prices.md.")]
Regions = Annotated[
    list[str] | None,
    typer.Option("--region", "-r", help="A region; repeat to choose one for each cloud."),
]
NoFreeTier = Annotated[bool, typer.Option("--no-free-tier", help="Ignore free allowances.")]
Terms = Annotated[
    Path | None,
    typer.Option(help="Discounts, prices and commitments of your own, a TOML file; see docs/prices.md."),
]
ViewsPerPhoto = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=10**6,
        help=f"How often the results of one photo are looked at, through a front door; {VIEWS} by default.",
    ),
]

COLUMNS = ("meter", "quantity", "billed", "amount", "status")


def views_of(given: int | None, *, front_door: bool) -> int:
    """Return how often results are looked at; say so if that is given and nothing shows any."""
    if given is not None and not front_door:
        errors.print("--views-per-photo changes nothing: no stack here has a front door (frontDoor=true).")
    return VIEWS if given is None else given


def cost(
    usage: UsageFile,
    region: Regions = None,
    no_free_tier: NoFreeTier = False,
    terms: Terms = None,
    as_json: Json = False,
) -> None:
    """Price one month's usage, and explain every line."""
    book = book_at(terms)
    bill = price(read(usage, book.meters), book, region or (), free_tier=not no_free_tier)
    if as_json:
        print_json(bill_document(bill))
    else:
        show(bill)


def book_at(terms: Path | None) -> PriceBook:
    """Return the price book, at terms of one's own if there are any."""
    return load() if terms is None else apply(load(), terms)


def show(bill: Bill) -> None:
    """Print the bill as a table for each cloud, its totals, and how each line was calculated."""
    for vendor, own in bill.by_vendor.items():
        rows = [[escape(cell) for cell in _cells(line)] for line in own.lines]
        print_table(COLUMNS, rows, numbers=COLUMNS[1:4])
        if len(bill.by_vendor) > 1:
            console.print(f"[bold]{escape(vendor)}: {escape(headline(own))}[/bold]\n", soft_wrap=True)
    console.print(f"\n[bold]{escape(headline(bill))}[/bold]\n", soft_wrap=True)
    for line in bill.lines:
        console.print(f"[dim]{escape(explanation(line))}[/dim]", soft_wrap=True)


def headline(bill: Bill) -> str:
    """Return the total in one sentence, as a range if it includes unconfirmed prices."""
    free = "with free tiers" if bill.free_tier else "without free tiers"
    if not bill.unconfirmed:
        return f"{dollars(bill.total)} a month, {free}."
    return (
        f"{dollars(bill.low)} to {dollars(bill.high)} a month, {free}: {dollars(bill.firm)} at known prices, "
        f"the rest at unconfirmed ones ({', '.join(bill.unconfirmed)})."
    )


def explanation(line: Line) -> str:
    """Explain a line's quantity and price in one paragraph."""
    tiers = [share.tier for share in line.shares] or list(line.price.tiers[:1])
    prices = ", then ".join(f"${tier.price:f}" for tier in tiers)
    source, free = line.price.source, ""
    if line.meter.allowance and line.free:
        free = f", {plain(line.meter.allowance.quantity)} free per {line.meter.allowance.scope}"
    usage = " + ".join(line.formulas) or "not used"
    return (
        f"{line.meter.name} = {usage}{free}; {prices} per {line.meter.quoted_unit} in "
        f"{line.price.region}. {source.title}, {source.date}, {line.price.status}. {line.price.note}".rstrip()
    )


def _cells(line: Line) -> tuple[str, ...]:
    with exact():
        quantity, billed = plain(settled(line.quantity)), plain(settled(line.billed))
    amount = dollars(line.amount) if line.firm else f"{dollars(line.low)} to {dollars(line.high)}"
    return (line.meter.name, quantity, billed, amount, line.price.status)
