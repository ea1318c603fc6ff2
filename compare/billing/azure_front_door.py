"""Azure Front Door, Standard and Premium.

Source: Microsoft Learn, "Understand Azure Front Door billing": a base fee for each hour that a profile
exists, requests, bytes to the client and bytes to the origin. What an origin in Azure sends to the edge is
free, and so are WAF policies: custom rules in both tiers, managed rules in Premium.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from compare.billing.reading import HOURS_PER_MONTH, ZERO, MeterReading, plain, present

Tier = Literal["standard", "premium"]


def profile(
    *,
    tier: Tier = "standard",
    hours: Decimal = HOURS_PER_MONTH,
    requests: Decimal = ZERO,
    gb: Decimal = ZERO,
    origin_gb: Decimal = ZERO,
) -> tuple[MeterReading, ...]:
    """Meter a profile that exists for ``hours`` of a month."""
    return present(
        MeterReading(f"azure.frontdoor.base.{tier}", hours / HOURS_PER_MONTH, f"{plain(hours)} of 730 hours"),
        MeterReading(f"azure.frontdoor.requests.{tier}", requests, f"{plain(requests)} requests"),
        MeterReading("azure.frontdoor.out_gb", gb, f"{plain(gb)} GB to viewers"),
        MeterReading("azure.frontdoor.origin_gb", origin_gb, f"{plain(origin_gb)} GB to the origin"),
    )
