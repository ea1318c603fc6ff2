"""Amazon SNS standard topics. Source: Amazon SNS pricing page: each 64 KB of a publish is one request."""

from __future__ import annotations

from decimal import Decimal

from compare.billing.metered import ONE, ZERO, Metered, chunks, plain, present


def topic(
    *, publishes: Decimal = ZERO, message_kb: Decimal = ONE, emails: Decimal = ZERO, https: Decimal = ZERO
) -> tuple[Metered, ...]:
    """Meter a topic; deliveries to SQS and Lambda cost nothing and are not stated."""
    size = chunks(message_kb)
    return present(
        Metered(
            "aws.sns.publishes",
            publishes * size,
            f"{plain(publishes)} publishes x {plain(size)} chunks of 64 KB",
        ),
        Metered("aws.sns.deliveries.email", emails, f"{plain(emails)} e-mails"),
        Metered("aws.sns.deliveries.http", https * size, f"{plain(https)} calls x {plain(size)} chunks"),
    )
