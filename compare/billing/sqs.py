"""Amazon SQS standard queues.

Source: Amazon SQS pricing page: every API call is one request for each 64 KB of payload.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import ONE, MeterReading, chunks, plain, present


def queue(*, requests: Decimal, message_kb: Decimal = ONE) -> tuple[MeterReading, ...]:
    """Meter a queue's API calls, including empty receives."""
    size = chunks(message_kb)
    return present(
        MeterReading(
            "aws.sqs.requests", requests * size, f"{plain(requests)} calls x {plain(size)} chunks of 64 KB"
        )
    )
