"""Durable Task Scheduler, Consumption.

Source: Microsoft Learn, "Durable Task Scheduler billing", with its example of three activities.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import ZERO, MeterReading, plain, present


def actions(activities: Decimal, timers: Decimal = ZERO, events: Decimal = ZERO) -> Decimal:
    """Return one orchestration's actions: one for its start, each timer and each event; two per activity."""
    return 1 + 2 * activities + timers + events


def orchestrations(
    *, orchestrations: Decimal, activities: Decimal, timers: Decimal = ZERO, events: Decimal = ZERO
) -> tuple[MeterReading, ...]:
    """Meter orchestrations with ``activities``, ``timers`` and ``events`` each."""
    each = actions(activities, timers, events)
    return present(
        MeterReading(
            "azure.durable.scheduler_actions",
            orchestrations * each,
            f"{plain(orchestrations)} orchestrations x {plain(each)} actions",
        )
    )
