"""Azure Container Apps jobs, Consumption. Source: Container Apps pricing page: active rate by the second."""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import ONE, MeterReading, plain, present, up_to_step


def jobs(
    *, executions: Decimal, duration_s: Decimal, vcpu: Decimal, memory_gib: Decimal
) -> tuple[MeterReading, ...]:
    """Meter job executions of one size, start-up included."""
    seconds = up_to_step(duration_s, ONE)
    counted = f"{plain(executions)} executions x {plain(seconds)} s"
    return present(
        MeterReading(
            "azure.containerapps.vcpu_seconds", executions * seconds * vcpu, f"{counted} x {plain(vcpu)} vCPU"
        ),
        MeterReading(
            "azure.containerapps.gib_seconds",
            executions * seconds * memory_gib,
            f"{counted} x {plain(memory_gib)} GiB",
        ),
    )
