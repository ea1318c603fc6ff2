"""AWS X-Ray.

Source: X-Ray Developer Guide, default sampling rule: one request a second and 5 % of the rest.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.metered import ONE, Metered, plain, present

RESERVOIR_PER_SECOND = Decimal(1)
FIXED_RATE = Decimal("0.05")


def sampled(requests: Decimal, requests_per_second: Decimal) -> Decimal:
    """Return how many of ``requests``, arriving at an even rate, the default rule records."""
    rate = max(requests_per_second, RESERVOIR_PER_SECOND)
    return requests * (RESERVOIR_PER_SECOND + FIXED_RATE * (rate - RESERVOIR_PER_SECOND)) / rate


def tracing(*, requests: Decimal, requests_per_second: Decimal = ONE) -> tuple[Metered, ...]:
    """Meter the traces recorded of requests that arrive at ``requests_per_second``."""
    return present(
        Metered(
            "aws.xray.traces",
            sampled(requests, requests_per_second),
            f"{plain(requests)} requests sampled at {plain(requests_per_second)} a second",
        )
    )
