"""Amazon SQS standard queues.

Source: Amazon SQS pricing page: every API call is a request, and so is each 64 KB of it.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import ONE, MeterReading, chunks, plain, present


def queue(*, requests: Decimal, message_kb: Decimal = ONE) -> tuple[MeterReading, ...]:
    """Meter a queue's API calls, receives that return nothing included."""
    size = chunks(message_kb)
    return present(
        MeterReading(
            "aws.sqs.requests", requests * size, f"{plain(requests)} calls x {plain(size)} chunks of 64 KB"
        )
    )
