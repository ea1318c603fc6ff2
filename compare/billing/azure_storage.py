"""Azure Storage: blobs (hot, LRS), queues and tables.

Source: Azure Storage pricing pages: every REST call that passes authentication is an operation.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import ZERO, MeterReading, plain, present

MESSAGE_OPERATIONS = Decimal(3)  # put, get, delete


def blob(
    *, writes: Decimal = ZERO, reads: Decimal = ZERO, storage_gb_months: Decimal = ZERO
) -> tuple[MeterReading, ...]:
    """Meter a container: ``writes`` are writes and lists, ``reads`` all other calls; deletes are free."""
    return present(
        MeterReading("azure.blob.write_operations", writes, f"{plain(writes)} writes and lists"),
        MeterReading("azure.blob.read_operations", reads, f"{plain(reads)} reads"),
        MeterReading(
            "azure.blob.storage_gb_months", storage_gb_months, f"{plain(storage_gb_months)} GB-months"
        ),
    )


def queue(*, messages: Decimal = ZERO, polls: Decimal = ZERO) -> tuple[MeterReading, ...]:
    """Meter a queue: a message takes a put, a get and a delete, and each empty poll is one operation."""
    return present(
        MeterReading(
            "azure.queue.operations",
            messages * MESSAGE_OPERATIONS + polls,
            f"{plain(messages)} messages x 3 + {plain(polls)} empty polls",
        )
    )


def table(*, operations: Decimal = ZERO, storage_gb_months: Decimal = ZERO) -> tuple[MeterReading, ...]:
    """Meter a table; a batch of up to 100 entities of one partition is one operation."""
    return present(
        MeterReading("azure.table.operations", operations, f"{plain(operations)} operations"),
        MeterReading(
            "azure.table.storage_gb_months", storage_gb_months, f"{plain(storage_gb_months)} GB-months"
        ),
    )
