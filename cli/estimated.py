"""Output of ``twinlens estimate``: bills with their ranges, side by side, and what they rest on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from rich.markup import escape

from cli.configured import Configured
from cli.console import console, print_table
from compare.cost.bill import Line
from compare.cost.bills import BatchCost, Bills
from compare.cost.break_even import BreakEven
from compare.cost.document import bill_document
from compare.cost.exact import dollars, text
from compare.cost.verdict import Answer, amount, disputed
from compare.metering.assumptions import BOUNDS, Assumption, Bound

MEANINGS: dict[Bound, str] = {
    "low": "steps take half as long as measured, Azure's instances are always full and end with their photo, "
    "and uncertain figures and prices are at their lower bounds",
    "expected": "steps take as long as measured, photos arrive at random at any hour, and Azure's instances "
    "live on for a minute",
    "high": "steps take twice as long, photos share no instance, Azure's instances poll all month, and "
    "uncertain figures and prices are at their upper bounds",
}
LEFT_OUT = (
    "Left out: {egress}tax, discounts and support. The free tiers are assumed to be used by nothing else."
)
LATER = 12  # the month to show besides the first


def document(each: Configured, bills: Mapping[int, Bills], batch: BatchCost | None) -> dict[str, Any]:
    """Return a stack's bills by volume, and the cost of its batches, as JSON values."""
    return {
        "stack": each.label,
        "settings": asdict(each.stack),
        "batch": {bound: text(getattr(batch, bound)) for bound in BOUNDS} if batch else None,
        "months": [
            {
                "images_per_month": images,
                "low": text(found.low),
                "expected": text(found.expected),
                "high": text(found.high),
                "bills": {bound: bill_document(bill) for bound, bill in found.by_bound.items()},
            }
            for images, found in bills.items()
        ],
    }


def show(label: str, images: int, bills: Bills, later: Bills | None) -> None:
    """Print the bills of one stack, meter by meter, and what it costs ``later`` if photos are kept."""
    amounts = {bound: {line.meter.name: line for line in bills.by_bound[bound].lines} for bound in BOUNDS}
    rows = [
        [escape(meter), *(_amount(amounts[bound].get(meter), bound) for bound in BOUNDS)]
        for meter in amounts["high"]
    ]
    print_table(("meter", *BOUNDS), rows, numbers=BOUNDS)
    _say(
        f"\n[bold]{escape(label)}, {images:,} photos a month: {dollars(bills.expected)}, between "
        f"{dollars(bills.low)} and {dollars(bills.high)}.[/bold]"
    )
    if later:
        _say(
            f"In month {LATER}, if no photo is deleted: {dollars(later.expected)}, between "
            f"{dollars(later.low)} and {dollars(later.high)}."
        )
    expected = bills.by_bound["expected"]
    if expected.unconfirmed:
        _say(
            f"{dollars(expected.firm)} of it is at known prices; unconfirmed: "
            f"{', '.join(expected.unconfirmed)}."
        )
    if readings := disputed(label, expected):
        _say(escape(readings))


def told(batches: Mapping[str, BatchCost | None]) -> None:
    """Print what the batches cost on each stack, beside what it costs anyway."""
    for label, batch in batches.items():
        if batch:
            _say(f"{batch.photos:,} photos as batches on {escape(label)} cost {batch.amount}.")
    if any(batches.values()):
        _say("Each month below contains them, with its free tiers deducted.\n")


def compare(
    bills: Mapping[str, Mapping[int, Bills]],
    said: Mapping[int, Sequence[Answer]],
    places: Sequence[BreakEven],
) -> None:
    """Print the bills of several stacks side by side, the answers, and where they change places."""
    volumes, head = list(next(iter(bills.values()))), ("photos a month", *map(escape, bills))
    rows = [
        [
            f"{images:,}",
            *(amount(each[images]) for each in bills.values()),
        ]
        for images in volumes
    ]
    print_table(head, rows, numbers=head)
    for images in volumes:
        console.print(f"\n[bold]{images:,} photos a month[/bold]")
        answered(said[images], ("cheapest", "fused", "largest"))
    console.print()
    for place in places:
        _say(escape(place.sentence))
    if not places:
        _say("The order by cost is the same from 1,000 to 50 million photos a month.")


def answered(said: Sequence[Answer], names: Collection[str]) -> None:
    """Print the answers of these names, with their questions."""
    for each in said:
        if each.name in names:
            _say(f"{each.question} {escape(each.answer)}")


def explain(assumptions: Sequence[Assumption], *, egress: bool, views: bool) -> None:
    """Print what the bounds mean, what is left out, and what is assumed.

    ``egress`` is stated, or else some is counted with ``views`` of results, or none.
    """
    beyond = " beyond the views of a front door" if views else ""
    console.print()
    for bound, meaning in MEANINGS.items():
        _say(f"{bound}: {meaning}.")
    _say(LEFT_OUT.format(egress="" if egress else f"internet egress{beyond} (add it with --egress-gb), "))
    _say("It rests on list prices, on step times measured on one vCPU, and on what is assumed:")
    for assumption in assumptions:
        _say(f"[dim]Assumed: {assumption.figure} {escape(assumption.text)}.[/dim]")


def _say(sentence: str) -> None:
    console.print(sentence, soft_wrap=True)


def _amount(line: Line | None, bound: Bound) -> str:
    """Return a line's amount in a scenario: in the low and the high one, the bound of its price."""
    if line is None:
        return dollars(Decimal(0))
    return dollars({"low": line.low, "expected": line.amount, "high": line.high}[bound])
