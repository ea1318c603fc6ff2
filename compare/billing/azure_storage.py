"""Azure Storage: blobs (hot), queues and tables (LRS).

Source: Azure Storage pricing pages: every REST call that passes authentication is an operation.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from compare.billing.reading import ZERO, MeterReading, plain, present

Redundancy = Literal["lrs", "zrs", "grs", "gzrs"]
MESSAGE_OPERATIONS = Decimal(3)  # put, get, delete


def blob(
    *,
    writes: Decimal = ZERO,
    reads: Decimal = ZERO,
    storage_gb_months: Decimal = ZERO,
    redundancy: Redundancy = "lrs",
) -> tuple[MeterReading, ...]:
    """Meter a container: ``writes`` are writes and lists, ``reads`` all other calls; deletes are free.

    Writes and storage cost more in an account that keeps copies in other zones or regions.
    """
    kept = "" if redundancy == "lrs" else f".{redundancy}"
    return present(
        MeterReading(f"azure.blob.write_operations{kept}", writes, f"{plain(writes)} writes and lists"),
        MeterReading("azure.blob.read_operations", reads, f"{plain(reads)} reads"),
        MeterReading(
            f"azure.blob.storage_gb_months{kept}", storage_gb_months, f"{plain(storage_gb_months)} GB-months"
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


def table(
    *,
    operations: Decimal = ZERO,
    storage_gb_months: Decimal = ZERO,
    key: Literal["microsoft", "own"] = "microsoft",
) -> tuple[MeterReading, ...]:
    """Meter a table; a batch of up to 100 entities of one partition is one operation.

    Operations cost more if the account's data is encrypted with a key of one's own.
    """
    keyed = ".own_key" if key == "own" else ""
    return present(
        MeterReading(f"azure.table.operations{keyed}", operations, f"{plain(operations)} operations"),
        MeterReading(
            "azure.table.storage_gb_months", storage_gb_months, f"{plain(storage_gb_months)} GB-months"
        ),
    )
