"""A bill as JSON values, with numbers as decimal strings so that no reader rounds them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from compare.cost.bill import Bill, Line, Share
from compare.cost.exact import exact, text
from compare.prices.book import Allowance, Commitment, Source, Tier


def bill_document(bill: Bill) -> dict[str, Any]:
    """Return the bill: ``lines``, ``total`` and its bounds, and ``firm``, the part at known prices.

    ``total`` uses unconfirmed prices at their most likely value; if ``unconfirmed`` is not empty, quote
    ``total_low`` to ``total_high``.
    """
    with exact():
        return {
            "currency": "USD",
            "period": "month",
            "free_tier": bill.free_tier,
            "lines": [_line(line) for line in bill.lines],
            **_totals(bill),
            "unconfirmed": list(bill.unconfirmed),
            "by_cloud": {vendor: _totals(each) for vendor, each in bill.by_vendor.items()},
        }


def _totals(bill: Bill) -> dict[str, str]:
    return {
        "total": text(bill.total),
        "total_low": text(bill.low),
        "total_high": text(bill.high),
        "firm": text(bill.firm),
    }


def source_document(source: Source) -> dict[str, str]:
    """Return the source of a price."""
    return {"title": source.title, "url": source.url, "date": source.date.isoformat()}


def allowance_document(allowance: Allowance) -> dict[str, Any]:
    """Return a monthly allowance; meters of the same ``pool`` share it."""
    return {
        "quantity": text(allowance.quantity),
        "scope": allowance.scope,
        "pool": allowance.pool,
        "source": source_document(allowance.source),
    }


def commitment_document(commitment: Commitment) -> dict[str, str]:
    """Return a quantity that is paid for each month, used or not."""
    return {"quantity": text(commitment.quantity), "fee": text(commitment.fee)}


def unit_price(tier: Tier, per: Decimal) -> str:
    """Return the price of one unit; a periodic decimal is cut after eighteen digits."""
    return f"{tier.price / per:.18f}".rstrip("0").rstrip(".") or "0"


def _line(line: Line) -> dict[str, Any]:
    tiers = line.price.tiers
    return {
        "meter": line.meter.name,
        "title": line.meter.title,
        "region": line.price.region,
        "unit": line.meter.unit,
        "formulas": list(line.formulas),
        "quantity": text(line.quantity),
        "free_quantity": text(line.free),
        "billed_quantity": text(line.billed),
        "commitment": line.price.commitment and commitment_document(line.price.commitment),
        "allowance": line.meter.allowance and allowance_document(line.meter.allowance),
        "unit_price": unit_price(tiers[0], line.meter.per) if len(tiers) == 1 else None,
        "tiers": [_tier(tier, line) for tier in tiers],
        "amount": text(line.amount),
        "amount_low": text(line.low),
        "amount_high": text(line.high),
        "status": line.price.status,
        "note": line.price.note,
        "source": source_document(line.price.source),
    }


def _tier(tier: Tier, line: Line) -> dict[str, str]:
    """Return a tier with its part of the billed quantity."""
    nothing = Share(tier, Decimal(0), Decimal(0))
    share = next((share for share in line.shares if share.tier == tier), nothing)
    return {
        "from": text(tier.start),
        "price": text(tier.price),
        "per": text(line.meter.per),
        "quantity": text(share.quantity),
        "amount": text(share.amount),
    }
