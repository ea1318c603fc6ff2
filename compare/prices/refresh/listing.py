"""A meter's entry in a vendor's list, in a form common to both vendors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from compare.prices.book import Source, Tier


class ListingProblem(Exception):
    """The list has no usable price for a meter: it is missing, its unit changed, or there are several."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


@dataclass(frozen=True)
class Listing:
    """A meter's list price: the free units before the first tier, and tiers with the price of one unit.

    Tiers start at the first unit that is charged, as in the price book.
    """

    free: Decimal
    tiers: tuple[Tier, ...]


@dataclass(frozen=True)
class Listed:
    """A listing, its source, and the name of that source in the price book."""

    listing: Listing
    source: Source
    source_name: str


def normalise(tiers: Iterable[Tier]) -> Listing:
    """Sort tiers, merge adjacent tiers of equal price, and separate a free first tier.

    Raises:
        ListingProblem: The tiers do not begin at zero, or two of them begin at the same quantity.
    """
    plain = {Tier(tier.start.normalize(), tier.price.normalize()) for tier in tiers}
    ordered = sorted(plain, key=lambda tier: (tier.start, tier.price))
    if not ordered or ordered[0].start:
        raise ListingProblem("ambiguous", "its tiers do not begin at zero")
    for one, following in pairwise(ordered):
        if one.start == following.start:
            raise ListingProblem(
                "ambiguous", f"it has two prices from {one.start:f}: {one.price:f} and {following.price:f}"
            )
    joined = [ordered[0]]
    joined.extend(tier for previous, tier in pairwise(ordered) if tier.price != previous.price)
    if joined[0].price or len(joined) == 1:
        return Listing(Decimal(0), tuple(joined))
    free = joined[1].start
    return Listing(free, tuple(Tier(tier.start - free, tier.price) for tier in joined[1:]))


def only(listings: Iterable[Listing]) -> Listing:
    """Return the listing on which all entries of a list agree.

    A list may contain an entry twice, and one of them may omit the free units.

    Raises:
        ListingProblem: There are no entries, or they disagree.
    """
    found = sorted(set(listings), key=lambda listing: listing.free, reverse=True)
    if not found:
        raise ListingProblem("gone", "the list no longer has it")
    if (
        any(listing.tiers != found[0].tiers for listing in found)
        or len({each.free for each in found} - {0}) > 1
    ):
        raise ListingProblem("ambiguous", f"the list has {len(found)} different prices for it")
    return found[0]
