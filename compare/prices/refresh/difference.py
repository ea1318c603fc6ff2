"""Holds the price book against the vendors' lists, meter by meter."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from compare.cost.exact import exact
from compare.errors import PriceSourceError
from compare.prices.book import Meter, Price, PriceBook, Tier
from compare.prices.refresh.listing import Listed, ListingProblem
from compare.prices.refresh.lists import PriceLists

Kind = Literal["same", "changed", "gone", "unit changed", "ambiguous", "unread", "unlisted"]
# What only a person can settle.
PROBLEMS: frozenset[str] = frozenset({"gone", "unit changed", "ambiguous", "unread"})


@dataclass(frozen=True)
class Outcome:
    """What came of looking one price up; ``listed`` is there if the list has a usable price.

    ``tiers``, in the price book's own unit, and ``free`` are there where they differ from the book's.
    """

    meter: Meter
    price: Price
    kind: str
    detail: str
    listed: Listed | None = None
    tiers: tuple[Tier, ...] = ()
    free: Decimal | None = None


def compare(
    book: PriceBook, lists: PriceLists, regions: Collection[str] = (), prefix: str = ""
) -> Iterator[Outcome]:
    """Look up every price of the book, or those of some regions and meters whose names begin so."""
    for meter in book.meters.values():
        for price in meter.prices.values():
            if meter.name.startswith(prefix) and (not regions or price.region in regions):
                with exact():
                    outcome = _look_up(meter, price, lists)
                yield outcome


def _look_up(meter: Meter, price: Price, lists: PriceLists) -> Outcome:
    if not price.listing:
        return Outcome(meter, price, "unlisted", f"look it up by hand: {price.source.url}")
    try:
        listed = lists.find(meter, price)
    except ListingProblem as problem:
        return Outcome(meter, price, problem.kind, str(problem))
    except PriceSourceError as error:
        return Outcome(meter, price, "unread", str(error))
    tiers: tuple[Tier, ...] = ()
    free: Decimal | None = None
    differences = []
    if not _equal(price.tiers, listed.listing.tiers, meter.per, rounded=price.listing.get("rounded", False)):
        tiers = tuple(Tier(tier.start, tier.price * meter.per) for tier in listed.listing.tiers)
        differences.append(f"{_text(price.tiers)} becomes {_text(tiers)} per {meter.quoted_unit}")
    # A list that names no free units says nothing: AWS keeps some allowances outside of it.
    if listed.listing.free and (not meter.allowance or meter.allowance.quantity != listed.listing.free):
        free = listed.listing.free
        stated = meter.allowance.quantity if meter.allowance else Decimal(0)
        differences.append(f"{stated:,f} free becomes {free:,f}")
    return Outcome(
        meter, price, "changed" if differences else "same", "; ".join(differences), listed, tiers, free
    )


def _equal(book: tuple[Tier, ...], listed: tuple[Tier, ...], per: Decimal, *, rounded: bool) -> bool:
    """Tell whether the tiers agree; a ``rounded`` list only has to agree to the digits it gives."""
    if [tier.start for tier in book] != [tier.start for tier in listed]:
        return False

    def agree(mine: Decimal, theirs: Decimal) -> bool:
        return mine == theirs or (
            rounded and mine.quantize(theirs.normalize(), rounding=ROUND_HALF_EVEN) == theirs
        )

    return all(agree(mine.price / per, theirs.price) for mine, theirs in zip(book, listed, strict=True))


def _text(tiers: tuple[Tier, ...]) -> str:
    return ", ".join(
        f"{tier.price.normalize():f}" + (f" from {tier.start:,f}" if tier.start else "") for tier in tiers
    )
