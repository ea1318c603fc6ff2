"""Azure Functions, Premium plan.

Source: Azure Functions pricing page: cores and memory by the second; executions are free.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import ONE, SECONDS_PER_HOUR, MeterReading, plain, present, up_to_step
from compare.errors import UsageError


def plan(
    *, hours: Decimal, instances: Decimal = ONE, vcpu: Decimal = ONE, memory_gib: Decimal = Decimal("3.5")
) -> tuple[MeterReading, ...]:
    """Meter a plan; at least one instance always runs, and the defaults are those of size EP1.

    Raises:
        UsageError: Fewer than one instance is stated.
    """
    if instances < ONE:
        raise UsageError(f"instances is {plain(instances)}; a Premium plan always has at least one.")
    billed = up_to_step(hours * SECONDS_PER_HOUR, ONE) / SECONDS_PER_HOUR
    counted = f"{plain(instances)} instances x {plain(hours)} h"
    return present(
        MeterReading(
            "azure.functions.premium.vcpu_hours", instances * billed * vcpu, f"{counted} x {plain(vcpu)} vCPU"
        ),
        MeterReading(
            "azure.functions.premium.gib_hours",
            instances * billed * memory_gib,
            f"{counted} x {plain(memory_gib)} GiB",
        ),
    )
