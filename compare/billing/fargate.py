"""AWS Fargate on Linux and x86; AWS Batch adds nothing to it.

Source: AWS Fargate pricing page: by the second, with a minimum of one minute.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import ONE, SECONDS_PER_HOUR, MeterReading, plain, present, up_to_step

MINIMUM_SECONDS = Decimal(60)


def billed_seconds(duration_s: Decimal) -> Decimal:
    """Return a task's billed seconds, from the image pull to the end: rounded up, at least one minute."""
    return max(MINIMUM_SECONDS, up_to_step(duration_s, ONE))


def tasks(
    *, tasks: Decimal, duration_s: Decimal, vcpu: Decimal, memory_gb: Decimal
) -> tuple[MeterReading, ...]:
    """Meter tasks of one size."""
    seconds = billed_seconds(duration_s)
    hours = tasks * seconds / SECONDS_PER_HOUR
    counted = f"{plain(tasks)} tasks x {plain(seconds)} s"
    return present(
        MeterReading("aws.fargate.vcpu_hours", hours * vcpu, f"{counted} x {plain(vcpu)} vCPU / 3,600"),
        MeterReading("aws.fargate.gb_hours", hours * memory_gb, f"{counted} x {plain(memory_gb)} GB / 3,600"),
    )
