"""AWS Step Functions: state transitions of Standard workflows, requests and duration of Express workflows.

Source: AWS Step Functions pricing page, with its worked examples.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.metered import (
    MB_PER_GB,
    MS_PER_SECOND,
    ONE,
    ZERO,
    Metered,
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


def express_gb_seconds(executions: Decimal, duration_ms: Decimal, memory_mb: Decimal) -> Decimal:
    """Return billed GB-seconds: duration rounded up to 100 ms, memory to 64 MB (pricing page)."""
    seconds = up_to_step(duration_ms, EXPRESS_STEP_MS) / MS_PER_SECOND
    return executions * seconds * up_to_step(memory_mb, EXPRESS_STEP_MB) / MB_PER_GB


def standard(*, executions: Decimal, transitions: Decimal) -> tuple[Metered, ...]:
    """Meter a Standard workflow whose executions make ``transitions`` each, retries included."""
    return present(
        Metered(
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
) -> tuple[Metered, ...]:
    """Meter an Express workflow from the memory it used, or from what that memory is made of.

    Raises:
        UsageError: Both ``memory_mb`` and ``definition_kb`` are given, or neither.
    """
    if (memory_mb is None) == (definition_kb is None):
        raise UsageError("Give either memory_mb or definition_kb (with payload_kb and parallel_steps).")
    used = memory_mb
    if used is None:
        used = express_memory_mb(definition_kb or ZERO, payload_kb, parallel_steps)
    billed_ms, billed_mb = up_to_step(duration_ms, EXPRESS_STEP_MS), up_to_step(used, EXPRESS_STEP_MB)
    return present(
        Metered("aws.stepfunctions.express_requests", executions, f"{plain(executions)} executions"),
        Metered(
            "aws.stepfunctions.express_gb_seconds",
            express_gb_seconds(executions, duration_ms, used),
            f"{plain(executions)} executions x {plain(billed_ms)} ms x {plain(billed_mb)} MB / 1,024",
        ),
    )
