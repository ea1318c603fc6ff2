"""Durable Task Scheduler, Consumption.

Source: Microsoft Learn, "Durable Task Scheduler billing", with its example of three activities.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.metered import ZERO, Metered, plain, present


def actions(activities: Decimal, timers: Decimal = ZERO, events: Decimal = ZERO) -> Decimal:
    """Return one orchestration's actions: its start, two an activity, one a timer and an external event."""
    return 1 + 2 * activities + timers + events


def orchestrations(
    *, orchestrations: Decimal, activities: Decimal, timers: Decimal = ZERO, events: Decimal = ZERO
) -> tuple[Metered, ...]:
    """Meter orchestrations of ``activities``, ``timers`` and ``events`` each."""
    each = actions(activities, timers, events)
    return present(
        Metered(
            "azure.durable.scheduler_actions",
            orchestrations * each,
            f"{plain(orchestrations)} orchestrations x {plain(each)} actions",
        )
    )
