"""Amazon SNS standard topics. Source: Amazon SNS pricing page: each 64 KB of a publish is one request."""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import ONE, ZERO, MeterReading, chunks, plain, present


def topic(
    *, publishes: Decimal = ZERO, message_kb: Decimal = ONE, emails: Decimal = ZERO, https: Decimal = ZERO
) -> tuple[MeterReading, ...]:
    """Meter a topic; deliveries to SQS and Lambda are free and are not stated."""
    size = chunks(message_kb)
    return present(
        MeterReading(
            "aws.sns.publishes",
            publishes * size,
            f"{plain(publishes)} publishes x {plain(size)} chunks of 64 KB",
        ),
        MeterReading("aws.sns.deliveries.email", emails, f"{plain(emails)} e-mails"),
        MeterReading("aws.sns.deliveries.http", https * size, f"{plain(https)} calls x {plain(size)} chunks"),
    )
