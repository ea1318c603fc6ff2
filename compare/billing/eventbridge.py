"""Amazon EventBridge. Source: AWS bulk price list, AWSEvents, unit "64K-Chunks", 2026-08-31."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from compare.billing.reading import ONE, MeterReading, chunks, plain, present

EventKind = Literal["custom", "s3"]
METERS: dict[EventKind, str] = {"custom": "aws.eventbridge.events", "s3": "aws.eventbridge.s3_events"}


def events(
    *, events: Decimal, event_kb: Decimal = ONE, kind: EventKind = "custom"
) -> tuple[MeterReading, ...]:
    """Meter events put on a bus: each counts once for every 64 KB.

    Events that S3 puts on the bus have their own meter, because sources disagree on whether they are free.
    """
    size = chunks(event_kb)
    return present(
        MeterReading(METERS[kind], events * size, f"{plain(events)} events x {plain(size)} chunks of 64 KB")
    )
