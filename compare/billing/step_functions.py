"""AWS Step Functions: state transitions of Standard workflows, requests and duration of Express workflows.

Source: AWS Step Functions pricing page, with its worked examples.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import (
    MB_PER_GB,
    MS_PER_SECOND,
    ONE,
    ZERO,
    MeterReading,
    plain,
    present,
    up_to_step,
)
from compare.errors import UsageError

EXPRESS_STEP_MS = Decimal(100)
EXPRESS_STEP_MB = Decimal(64)
EXPRESS_BASE_MB = Decimal(50)
KB_PER_MB = Decimal(1000)  # the page's example adds 50 KB and 12,800 KB to 50 MB and gets 62.85 MB


def express_memory_mb(definition_kb: Decimal, payload_kb: Decimal, parallel_steps: Decimal) -> Decimal:
    """Return the memory one Express workflow uses.

    50 MB + the definition's size + the payload's size x the number of Parallel or Map steps (pricing page,
    example 3); without such steps the payload counts once.
    """
    return EXPRESS_BASE_MB + (definition_kb + payload_kb * max(ONE, parallel_steps)) / KB_PER_MB


def express_billed_mb(memory_mb: Decimal) -> Decimal:
    """Return the memory billed: in chunks of 64 MB, at least one (pricing page)."""
    return max(EXPRESS_STEP_MB, up_to_step(memory_mb, EXPRESS_STEP_MB))


def express_billed_ms(duration_ms: Decimal) -> Decimal:
    """Return the milliseconds billed: rounded up to 100 (pricing page)."""
    return up_to_step(duration_ms, EXPRESS_STEP_MS)


def express_gb_seconds(executions: Decimal, duration_ms: Decimal, memory_mb: Decimal) -> Decimal:
    """Return the GB-seconds billed for executions of one duration and memory."""
    seconds = express_billed_ms(duration_ms) / MS_PER_SECOND
    return executions * seconds * express_billed_mb(memory_mb) / MB_PER_GB


def standard(*, executions: Decimal, transitions: Decimal) -> tuple[MeterReading, ...]:
    """Meter a Standard workflow whose executions make ``transitions`` each, retries included."""
    return present(
        MeterReading(
            "aws.stepfunctions.transitions",
            executions * transitions,
            f"{plain(executions)} executions x {plain(transitions)} transitions",
        )
    )


def express(
    *,
    executions: Decimal,
    duration_ms: Decimal,
    memory_mb: Decimal | None = None,
    definition_kb: Decimal | None = None,
    payload_kb: Decimal = ZERO,
    parallel_steps: Decimal = ZERO,
) -> tuple[MeterReading, ...]:
    """Meter an Express workflow from the memory it used, or from the sizes that determine its memory.

    Raises:
        UsageError: Both the memory and the sizes are given, or neither.
    """
    made_of = payload_kb or parallel_steps
    if (memory_mb is None) == (definition_kb is None) or (memory_mb is not None and made_of):
        raise UsageError("Give either memory_mb or definition_kb (with payload_kb and parallel_steps).")
    used = memory_mb
    if used is None:
        used = express_memory_mb(definition_kb or ZERO, payload_kb, parallel_steps)
    billed_ms, billed_mb = express_billed_ms(duration_ms), express_billed_mb(used)
    return present(
        MeterReading("aws.stepfunctions.express_requests", executions, f"{plain(executions)} executions"),
        MeterReading(
            "aws.stepfunctions.express_gb_seconds",
            express_gb_seconds(executions, duration_ms, used),
            f"{plain(executions)} executions x {plain(billed_ms)} ms x {plain(billed_mb)} MB / 1,024",
        ),
    )
