"""Log Analytics and workspace-based Application Insights.

Source: Microsoft Learn, "Azure Monitor Logs cost calculations and options": a GB is 10^9 bytes.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import ZERO, MeterReading, plain, present

BYTES_PER_GB = Decimal(10**9)


def log_gb(records: Decimal, record_bytes: Decimal) -> Decimal:
    """Return the GB billed for records of ``record_bytes`` each, as they are stored after sampling."""
    return records * record_bytes / BYTES_PER_GB


def workspace(
    *, records: Decimal = ZERO, record_bytes: Decimal = ZERO, gb: Decimal = ZERO
) -> tuple[MeterReading, ...]:
    """Meter a workspace from its records, or from ``gb`` if the ingested volume is known."""
    counted = log_gb(records, record_bytes)
    return present(
        MeterReading(
            "azure.monitor.log_gb",
            counted + gb,
            f"{plain(records)} records x {plain(record_bytes)} bytes"
            if counted
            else f"{plain(gb)} GB ingested",
        )
    )
