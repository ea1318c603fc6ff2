"""Azure Event Grid, basic tier.

Source: Event Grid pricing page: each event received and each attempt to deliver it is an operation.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import ONE, MeterReading, chunks, plain, present


def topic(*, events: Decimal, deliveries: Decimal = ONE, event_kb: Decimal = ONE) -> tuple[MeterReading, ...]:
    """Meter events of ``event_kb`` that are each delivered ``deliveries`` times; 64 KB count as one."""
    each = (1 + deliveries) * chunks(event_kb)
    return present(
        MeterReading(
            "azure.eventgrid.operations",
            events * each,
            f"{plain(events)} events x {plain(each)} operations",
        )
    )
