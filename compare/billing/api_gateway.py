"""Amazon API Gateway, HTTP APIs. Source: API Gateway pricing page: metered in increments of 512 KB."""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import ONE, MeterReading, chunks, plain, present

STEP_KB = Decimal(512)


def http_api(*, requests: Decimal, request_kb: Decimal = ONE) -> tuple[MeterReading, ...]:
    """Meter an HTTP API whose requests carry ``request_kb`` each."""
    size = chunks(request_kb, STEP_KB)
    return present(
        MeterReading(
            "aws.apigateway.http_requests",
            requests * size,
            f"{plain(requests)} requests x {plain(size)} steps of 512 KB",
        )
    )
