"""Amazon CloudFront.

Source: CloudFront pricing page: bytes to viewers and requests are billed by the edge's region, what comes
from an origin on AWS is free.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import ZERO, MeterReading, plain, present


def distribution(*, requests: Decimal, gb: Decimal = ZERO) -> tuple[MeterReading, ...]:
    """Meter a distribution that answers HTTPS requests with ``gb`` in all."""
    return present(
        MeterReading("aws.cloudfront.requests", requests, f"{plain(requests)} requests"),
        MeterReading("aws.cloudfront.out_gb", gb, f"{plain(gb)} GB to viewers"),
    )
