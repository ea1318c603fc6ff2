"""Price metered quantities, and explain every line of the bill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from compare.billing.reading import MeterReading
from compare.cost.exact import exact, settled
from compare.errors import PriceBookError
from compare.prices.book import Meter, Price, PriceBook, Tier


@dataclass(frozen=True)
class Share:
    """The part of a billed quantity in one price tier, and its amount."""

    tier: Tier
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Line:
    """The line of one meter: the metered quantity, the billed part of it, the prices and the amount.

    What a commitment covers is not in ``billed``, and its fee is in ``amount``. ``low`` and ``high`` differ
    from ``amount`` only where the price is unconfirmed.
    """

    meter: Meter
    price: Price
    formulas: tuple[str, ...]
    quantity: Decimal
    free: Decimal
    billed: Decimal
    shares: tuple[Share, ...]
    amount: Decimal
    low: Decimal
    high: Decimal

    @property
    def firm(self) -> bool:
        """Whether the price is confirmed or derived, so that the amount may be quoted."""
        return self.price.status != "unconfirmed"


@dataclass(frozen=True)
class Bill:
    """The lines of a month; ``firm`` is the total of those with a confirmed or derived price."""

    lines: tuple[Line, ...]
    free_tier: bool

    @property
    def total(self) -> Decimal:
        """The sum of all amounts, with unconfirmed prices at their most likely value."""
        return self._sum(line.amount for line in self.lines)

    @property
    def low(self) -> Decimal:
        """The sum with every unconfirmed price at its lower bound."""
        return self._sum(line.low for line in self.lines)

    @property
    def high(self) -> Decimal:
        """The sum with every unconfirmed price at its upper bound."""
        return self._sum(line.high for line in self.lines)

    @property
    def firm(self) -> Decimal:
        """The sum of the lines whose price is confirmed or derived."""
        return self._sum(line.amount for line in self.lines if line.firm)

    @property
    def by_vendor(self) -> dict[str, Bill]:
        """The bill of each cloud, in the order of the price book."""
        vendors = dict.fromkeys(line.meter.vendor for line in self.lines)
        return {
            vendor: Bill(tuple(line for line in self.lines if line.meter.vendor == vendor), self.free_tier)
            for vendor in vendors
        }

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """The meters with an unconfirmed price that affects the total."""
        return tuple(line.meter.name for line in self.lines if not line.firm and line.high)

    @staticmethod
    def _sum(amounts: Iterable[Decimal]) -> Decimal:
        with exact():
            return settled(sum(amounts, Decimal(0)))


def price(
    usage: Iterable[MeterReading], book: PriceBook, regions: Iterable[str] = (), free_tier: bool = True
) -> Bill:
    """Price one month's usage.

    ``regions`` name at most one region per vendor; the default is the vendor's home region. With
    ``free_tier``, each allowance is deducted before the tiers apply; meters that share an allowance use it in
    proportion to their quantities, as a steady mix would. A bill has the fees of all commitments with its
    vendors.

    Raises:
        PriceBookError: A meter or region is not in the book, or two regions of one vendor are named.
    """
    chosen = _regions(book, regions)
    with exact():
        quantities: dict[str, Decimal] = {}
        formulas: dict[str, list[str]] = {}
        for each in usage:
            quantities[each.meter] = quantities.get(each.meter, Decimal(0)) + each.quantity
            formulas.setdefault(each.meter, []).append(each.formula)
        for vendor in {book.meter(name).vendor for name in quantities}:
            for name in book.committed(vendor):
                quantities.setdefault(name, Decimal(0))
        meters = [book.meter(name) for name in quantities]
        free = _free(meters, quantities) if free_tier else {}
        return Bill(
            tuple(
                _line(
                    meter,
                    book.price(meter.name, chosen[meter.vendor]),
                    tuple(formulas.get(meter.name, ())),
                    quantities[meter.name],
                    free.get(meter.name, Decimal(0)),
                )
                for meter in sorted(meters, key=lambda meter: list(book.meters).index(meter.name))
            ),
            free_tier,
        )


def charge(billed: Decimal, tiers: tuple[Tier, ...], per: Decimal) -> tuple[Share, ...]:
    """Return what each tier charges for its part of the billed quantity."""
    shares = []
    for tier, following in zip(tiers, (*tiers[1:], None), strict=True):
        end = billed if following is None else min(billed, following.start)
        if end > tier.start:
            quantity = end - tier.start
            shares.append(Share(tier, quantity, settled(quantity * tier.price / per)))
    return tuple(shares)


def _line(meter: Meter, price: Price, formulas: tuple[str, ...], quantity: Decimal, free: Decimal) -> Line:
    billed, fee = quantity - free, Decimal(0)
    if price.commitment:
        billed, fee = max(Decimal(0), billed - price.commitment.quantity), price.commitment.fee
    shares = charge(billed, price.tiers, meter.per)
    amount = sum((share.amount for share in shares), Decimal(0))

    def at(bound: Decimal | None) -> Decimal:
        # The bounds are those of the first tier; the other tiers are assumed to deviate by the same ratio.
        return fee + (amount if bound is None else settled(amount * bound / price.tiers[0].price))

    return Line(
        meter, price, formulas, quantity, free, billed, shares, at(None), at(price.low), at(price.high)
    )


def _free(meters: Iterable[Meter], quantities: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return the quantity of each meter that its allowance covers."""
    allowances = {meter.name: meter.allowance for meter in meters if meter.allowance}
    used: dict[str, Decimal] = {}
    for name, allowance in allowances.items():
        used[allowance.pool] = used.get(allowance.pool, Decimal(0)) + quantities[name]
    return {
        name: min(quantities[name], quantities[name] * allowance.quantity / used[allowance.pool])
        for name, allowance in allowances.items()
        if quantities[name]
    }


def _regions(book: PriceBook, named: Iterable[str]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for region in named:
        vendor = next((vendor for vendor in book.home_regions if region in book.regions(vendor)), None)
        if vendor is None:
            known = ", ".join(region for vendor in book.home_regions for region in book.regions(vendor))
            raise PriceBookError(f"The price book has no region {region!r}; it has {known}.")
        if vendor in chosen:
            raise PriceBookError(f"Both {chosen[vendor]} and {region} are regions of {vendor}; name one.")
        chosen[vendor] = region
    return {**book.home_regions, **chosen}
