"""Amazon S3, Standard class. Source: AWS bulk price list, AmazonS3, 2026-09-28 (groups of requests)."""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import ZERO, MeterReading, plain, present


def storage(
    *, puts: Decimal = ZERO, gets: Decimal = ZERO, storage_gb_months: Decimal = ZERO
) -> tuple[MeterReading, ...]:
    """Meter a bucket.

    ``puts`` are PUT, COPY, POST and LIST requests, with one for each part of a multipart upload; ``gets`` are
    GET, HEAD and all others except DELETE, which is free.
    """
    return present(
        MeterReading("aws.s3.put_requests", puts, f"{plain(puts)} PUT, COPY, POST or LIST"),
        MeterReading("aws.s3.get_requests", gets, f"{plain(gets)} GET and others"),
        MeterReading("aws.s3.storage_gb_months", storage_gb_months, f"{plain(storage_gb_months)} GB-months"),
    )
