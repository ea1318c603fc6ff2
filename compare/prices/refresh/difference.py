"""Compare the price book with the vendors' lists, meter by meter."""

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
# Outcomes that a person has to resolve.
PROBLEMS: frozenset[str] = frozenset({"gone", "unit changed", "ambiguous", "unread"})


@dataclass(frozen=True)
class Outcome:
    """The result of looking up one price; ``listed`` is set if the list has a usable price.

    ``tiers``, in the price book's unit, and ``free`` are set if they differ from the book's.
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
    """Look up the prices of the book, optionally only for some regions and meter name prefixes."""
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
    # The absence of free units in a list means nothing: AWS documents some allowances elsewhere.
    if listed.listing.free and (not meter.allowance or meter.allowance.quantity != listed.listing.free):
        free = listed.listing.free
        stated = meter.allowance.quantity if meter.allowance else Decimal(0)
        differences.append(f"{stated:,f} free becomes {free:,f}")
    return Outcome(
        meter, price, "changed" if differences else "same", "; ".join(differences), listed, tiers, free
    )


def _equal(book: tuple[Tier, ...], listed: tuple[Tier, ...], per: Decimal, *, rounded: bool) -> bool:
    """Return whether the tiers agree; a ``rounded`` list has to agree only to the digits it shows."""
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
