"""AWS X-Ray.

Sources: AWS X-Ray pricing page (only recorded traces are billed); X-Ray Developer Guide, default sampling
rule: one request a second and 5 % of the rest.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import ONE, MeterReading, plain, present, within

RESERVOIR_PER_SECOND = Decimal(1)
FIXED_RATE = Decimal("0.05")
SHOWN_DIGITS = 4


def default_share(requests_per_second: Decimal) -> Decimal:
    """Return the share of evenly spaced requests that the default rule records."""
    rate = max(requests_per_second, RESERVOIR_PER_SECOND)
    return (RESERVOIR_PER_SECOND + FIXED_RATE * (rate - RESERVOIR_PER_SECOND)) / rate


def tracing(
    *, requests: Decimal, sampled_share: Decimal | None = None, requests_per_second: Decimal = ONE
) -> tuple[MeterReading, ...]:
    """Meter the recorded traces: a stated share of the requests, or the share of the default rule."""
    share = default_share(requests_per_second) if sampled_share is None else sampled_share
    within("sampled_share", share, 0, 1, "a share")
    return present(
        MeterReading(
            "aws.xray.traces",
            requests * share,
            f"{plain(requests)} requests x {plain(round(share, SHOWN_DIGITS))} sampled",
        )
    )
