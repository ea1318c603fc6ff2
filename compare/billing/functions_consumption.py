"""Azure Functions, Consumption plan.

Source: Azure Functions pricing page and Microsoft Learn, "Estimating consumption-based costs": the memory
used is rounded up to a multiple of 128 MB, at most 1,536 MB; an execution is billed for at least 100 ms and
128 MB.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import (
    MB_PER_GB,
    MS_PER_SECOND,
    ONE,
    MeterReading,
    plain,
    present,
    up_to_step,
    within,
)
from compare.errors import UsageError

STEP_MB = Decimal(128)
MINIMUM_MS = Decimal(100)


def billed_ms(duration_ms: Decimal) -> Decimal:
    """Return the milliseconds billed for one execution: rounded up to 1 ms, at least 100."""
    return max(MINIMUM_MS, up_to_step(duration_ms, ONE))


def billed_mb(memory_mb: Decimal) -> Decimal:
    """Return the memory billed: rounded up to a multiple of 128 MB, at least 128."""
    return max(STEP_MB, up_to_step(memory_mb, STEP_MB))


def consumption(
    *,
    executions: Decimal,
    duration_ms: Decimal | None = None,
    memory_mb: Decimal | None = None,
    gb_seconds: Decimal | None = None,
) -> tuple[MeterReading, ...]:
    """Meter executions from their time and memory, or from ``gb_seconds`` of all of them together.

    Raises:
        UsageError: Both or neither are given, or the plan does not support the memory.
    """
    counted = f"{plain(executions)} executions"
    if gb_seconds is not None:
        if duration_ms is not None or memory_mb is not None:
            raise UsageError("Give either gb_seconds, or duration_ms and memory_mb.")
        amount, formula = gb_seconds, f"{plain(gb_seconds)} GB-s as stated"
    elif duration_ms is None or memory_mb is None:
        raise UsageError("Give either gb_seconds, or duration_ms and memory_mb.")
    else:
        within("memory_mb", memory_mb, 0, 1536, "memory on the Consumption plan")
        time, memory = billed_ms(duration_ms), billed_mb(memory_mb)
        amount = executions * time / MS_PER_SECOND * memory / MB_PER_GB
        formula = f"{counted} x {plain(time)} ms x {plain(memory)} MB / 1,024"
    return present(
        MeterReading("azure.functions.consumption.executions", executions, counted),
        MeterReading("azure.functions.consumption.gb_seconds", amount, formula),
    )
