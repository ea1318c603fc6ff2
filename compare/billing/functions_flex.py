"""Azure Functions, Flex Consumption plan.

Source: Microsoft Learn, "Azure Functions Flex Consumption plan", section Billing: an instance's whole memory
is billed while it executes, for at least 1,000 ms and then rounded up to 100 ms; executions that share an
instance share its time. A GB is 1,024 MB: the meter is execution units / 1,024,000.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import (
    MB_PER_GB,
    MS_PER_SECOND,
    ONE,
    SECONDS_PER_HOUR,
    ZERO,
    MeterReading,
    plain,
    present,
    up_to_step,
)
from compare.errors import UsageError

MINIMUM_MS = Decimal(1000)
STEP_MS = Decimal(100)
INSTANCE_SIZES_MB = (Decimal(512), Decimal(2048), Decimal(4096))


def billed_ms(active_ms: Decimal) -> Decimal:
    """Return the milliseconds billed for one period of activity."""
    return max(MINIMUM_MS, up_to_step(active_ms, STEP_MS))


def active_gb_seconds(
    executions: Decimal, duration_ms: Decimal, instance_mb: Decimal, concurrency: Decimal
) -> Decimal:
    """Return GB-seconds if ``concurrency`` executions at a time share an instance.

    Raises:
        UsageError: The instance size does not exist, or the concurrency is below one.
    """
    if instance_mb not in INSTANCE_SIZES_MB:
        raise UsageError(f"instance_mb is {plain(instance_mb)}; Flex instances have 512, 2,048 or 4,096 MB.")
    if concurrency < ONE:
        raise UsageError(f"concurrency is {plain(concurrency)}; at least one execution runs on an instance.")
    return executions / concurrency * billed_ms(duration_ms) / MS_PER_SECOND * instance_mb / MB_PER_GB


def on_demand(
    *, executions: Decimal, duration_ms: Decimal, instance_mb: Decimal, concurrency: Decimal = ONE
) -> tuple[MeterReading, ...]:
    """Meter on-demand executions; on average, ``concurrency`` of them share an instance."""
    amount = active_gb_seconds(executions, duration_ms, instance_mb, concurrency)
    return present(
        MeterReading("azure.functions.flex.executions", executions, f"{plain(executions)} executions"),
        MeterReading(
            "azure.functions.flex.gb_seconds",
            amount,
            _formula(executions, duration_ms, instance_mb, concurrency),
        ),
    )


def always_ready(
    *,
    instances: Decimal,
    hours: Decimal,
    instance_mb: Decimal,
    executions: Decimal = ZERO,
    duration_ms: Decimal = ZERO,
    concurrency: Decimal = ONE,
) -> tuple[MeterReading, ...]:
    """Meter always-ready instances: their memory at all times, plus their executions."""
    active = active_gb_seconds(executions, duration_ms, instance_mb, concurrency)
    return present(
        MeterReading(
            "azure.functions.flex.always_ready_gb_seconds",
            instances * hours * SECONDS_PER_HOUR * instance_mb / MB_PER_GB,
            f"{plain(instances)} instances x {plain(hours)} h x 3,600 x {plain(instance_mb)} MB / 1,024",
        ),
        MeterReading(
            "azure.functions.flex.always_ready_execution_gb_seconds",
            active,
            _formula(executions, duration_ms, instance_mb, concurrency),
        ),
        MeterReading(
            "azure.functions.flex.always_ready_executions", executions, f"{plain(executions)} executions"
        ),
    )


def _formula(executions: Decimal, duration_ms: Decimal, instance_mb: Decimal, concurrency: Decimal) -> str:
    shared = f" / {plain(concurrency)} at a time" if concurrency > ONE else ""
    time = f"{plain(billed_ms(duration_ms))} ms x {plain(instance_mb)} MB / 1,024"
    return f"{plain(executions)} executions{shared} x {time}"
