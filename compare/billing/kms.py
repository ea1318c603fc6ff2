"""AWS KMS: requests to a customer-managed key.

Source: https://aws.amazon.com/kms/pricing/: each request to a key is billed, and the key itself by the month.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import ZERO, MeterReading, plain, present


def requests(*, requests: Decimal = ZERO) -> tuple[MeterReading, ...]:
    """Meter requests to a key, such as encrypt, decrypt and generate a data key."""
    return present(MeterReading("aws.kms.requests", requests, f"{plain(requests)} requests"))
