"""Amazon DynamoDB in on-demand mode.

Source: Amazon DynamoDB Developer Guide, "Read and write operations" (request units by item size).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from compare.billing.reading import ONE, ZERO, MeterReading, chunks, plain, present

Consistency = Literal["eventual", "strong", "transactional"]
WriteKind = Literal["standard", "transactional"]

WRITE_KB = Decimal(1)
READ_KB = Decimal(4)
READ_FACTORS: dict[Consistency, Decimal] = {
    "eventual": Decimal("0.5"),
    "strong": Decimal(1),
    "transactional": Decimal(2),
}
WRITE_FACTORS: dict[WriteKind, Decimal] = {"standard": Decimal(1), "transactional": Decimal(2)}


def write_units(item_kb: Decimal, kind: WriteKind = "standard") -> Decimal:
    """Return the units of one write: one per started KB of the item, doubled in a transaction."""
    return chunks(item_kb, WRITE_KB) * WRITE_FACTORS[kind]


def read_units(item_kb: Decimal, consistency: Consistency = "eventual") -> Decimal:
    """Return the units of one read: one per started 4 KB, halved if eventual, doubled in a transaction."""
    return chunks(item_kb, READ_KB) * READ_FACTORS[consistency]


def table(
    *,
    writes: Decimal = ZERO,
    write_kb: Decimal = ONE,
    write_kind: WriteKind = "standard",
    reads: Decimal = ZERO,
    read_kb: Decimal = ONE,
    consistency: Consistency = "eventual",
    storage_gb_months: Decimal = ZERO,
) -> tuple[MeterReading, ...]:
    """Meter a table; a conditional write that fails counts like one that succeeds."""
    written, read = write_units(write_kb, write_kind), read_units(read_kb, consistency)
    return present(
        MeterReading(
            "aws.dynamodb.write_units", writes * written, f"{plain(writes)} writes x {plain(written)} units"
        ),
        MeterReading("aws.dynamodb.read_units", reads * read, f"{plain(reads)} reads x {plain(read)} units"),
        MeterReading(
            "aws.dynamodb.storage_gb_months", storage_gb_months, f"{plain(storage_gb_months)} GB-months"
        ),
    )
