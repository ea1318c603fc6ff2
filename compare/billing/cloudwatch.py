"""Amazon CloudWatch: logs, alarms and dashboards.

Sources: CloudWatch Logs API reference, PutLogEvents (an event's size is its UTF-8 bytes plus 26); CloudWatch
pricing page (an alarm over an expression is billed for every metric in it).
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import ZERO, MeterReading, plain, present

OVERHEAD_BYTES = Decimal(26)
BYTES_PER_GB = Decimal(1024**3)


def log_gb(events: Decimal, event_bytes: Decimal) -> Decimal:
    """Return the GB ingested for log events of ``event_bytes`` each, plus 26 bytes of overhead per event."""
    return events * (event_bytes + OVERHEAD_BYTES) / BYTES_PER_GB


def logs(
    *,
    events: Decimal = ZERO,
    event_bytes: Decimal = ZERO,
    gb: Decimal = ZERO,
    storage_gb_months: Decimal = ZERO,
) -> tuple[MeterReading, ...]:
    """Meter a log group from its events, or from ``gb`` if the ingested volume is known."""
    counted = log_gb(events, event_bytes)
    return present(
        MeterReading(
            "aws.cloudwatch.log_gb",
            counted + gb,
            f"{plain(events)} events x ({plain(event_bytes)} + 26) bytes"
            if counted
            else f"{plain(gb)} GB ingested",
        ),
        MeterReading(
            "aws.cloudwatch.log_storage_gb_months", storage_gb_months, f"{plain(storage_gb_months)} GB-months"
        ),
    )


def alarms(*, metrics: Decimal = ZERO, dashboards: Decimal = ZERO) -> tuple[MeterReading, ...]:
    """Meter a month of alarms, by the number of ``metrics`` they evaluate, and of dashboards."""
    return present(
        MeterReading("aws.cloudwatch.alarms", metrics, f"{plain(metrics)} metrics in alarms"),
        MeterReading("aws.cloudwatch.dashboards", dashboards, f"{plain(dashboards)} dashboards"),
    )
