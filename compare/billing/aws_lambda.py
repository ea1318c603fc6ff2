"""AWS Lambda: requests, duration, ephemeral storage, provisioned concurrency, SnapStart, durable functions.

Sources: the AWS Lambda pricing page as of 2026 (rules and worked examples) and, for the INIT phase, the AWS
Compute blog of 2025-04-29, "AWS Lambda standardizes billing for INIT Phase".
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

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
    within,
)
from compare.errors import UsageError

Architecture = Literal["x86_64", "arm64"]

FREE_EPHEMERAL_MB = Decimal(512)
FIVE_MINUTES = Decimal(300)
FIRST_EVENT_KB = Decimal(256)
FURTHER_EVENT_KB = Decimal(64)
SNAPSTART_MINIMUM_SECONDS = Decimal(3 * 3600)


@dataclass(frozen=True)
class Provisioned:
    """Provisioned concurrency: the environments kept for ``hours``, and the requests that they served."""

    concurrency: Decimal
    hours: Decimal
    requests: Decimal = ZERO
    duration_ms: Decimal = ZERO


def billed_ms(duration_ms: Decimal, init_ms: Decimal = ZERO) -> Decimal:
    """Return the milliseconds billed for one request, rounded up to 1 ms.

    Since 2025-08-01 a cold start's INIT phase is billed like any other duration, for every kind of packaging
    (INIT billing notice); the "Billed Duration" of a REPORT line includes it.
    """
    return up_to_step(duration_ms + init_ms, ONE)


def billed_requests(requests: Decimal, event_kb: Decimal = ZERO) -> Decimal:
    """Return the requests billed for asynchronous events of ``event_kb`` each.

    An event is billed as one request for its first 256 KB and one for each further 64 KB, up to 1 MB (pricing
    page, "Asynchronous Event").
    """
    further = max(ZERO, event_kb - FIRST_EVENT_KB)
    return requests * (1 + up_to_step(further, FURTHER_EVENT_KB) / FURTHER_EVENT_KB)


def gb_seconds(seconds: Decimal, memory_mb: Decimal) -> Decimal:
    """Return GB-seconds of memory; a GB is 1,024 MB (pricing page, all examples)."""
    return seconds * memory_mb / MB_PER_GB


def ephemeral_gb_seconds(seconds: Decimal, ephemeral_mb: Decimal) -> Decimal:
    """Return GB-seconds of /tmp beyond the free 512 MB, by wall time and independent of memory.

    Source: pricing page, "Lambda Ephemeral Storage Pricing", example 3.
    """
    return gb_seconds(seconds, max(ZERO, ephemeral_mb - FREE_EPHEMERAL_MB))


def provisioned_seconds(hours: Decimal) -> Decimal:
    """Return the seconds billed for provisioned concurrency, rounded up to five minutes (pricing page)."""
    return up_to_step(hours * SECONDS_PER_HOUR, FIVE_MINUTES)


def snapstart_cache_seconds(hours: Decimal) -> Decimal:
    """Return the seconds billed for a published snapshot: at least three hours, then by the millisecond."""
    return max(SNAPSTART_MINIMUM_SECONDS, hours * SECONDS_PER_HOUR) if hours else ZERO


def function(
    *,
    memory_mb: Decimal,
    requests: Decimal | None = None,
    duration_ms: Decimal | None = None,
    architecture: Architecture = "x86_64",
    ephemeral_mb: Decimal = FREE_EPHEMERAL_MB,
    init_ms: Decimal = ZERO,
    cold_share: Decimal = ZERO,
    event_kb: Decimal = ZERO,
    provisioned: Provisioned | None = None,
) -> tuple[MeterReading, ...]:
    """Meter one function: every request takes ``duration_ms``, a ``cold_share`` of them ``init_ms`` more.

    Provisioned concurrency has separate meters for duration and requests, since the free tier does not apply
    to it (pricing page, "Provisioned Concurrency Pricing").

    Raises:
        UsageError: A limit of Lambda is exceeded, or neither requests nor provisioned concurrency are stated.
    """
    if (requests is None) != (duration_ms is None) or (requests is None and provisioned is None):
        missing = "requests" if requests is None else "duration_ms"
        raise UsageError(f"the key {missing!r} is missing.")
    requests, duration_ms = requests or ZERO, duration_ms or ZERO
    within("memory_mb", memory_mb, 128, 10_240, "a Lambda function's memory")
    within("ephemeral_mb", ephemeral_mb, 512, 10_240, "a Lambda function's ephemeral storage")
    within("cold_share", cold_share, 0, 1, "a share")
    within("event_kb", event_kb, 0, 1024, "an asynchronous event")
    warm_ms, cold_ms = billed_ms(duration_ms), billed_ms(duration_ms, init_ms)
    cold = requests * cold_share
    seconds = ((requests - cold) * warm_ms + cold * cold_ms) / MS_PER_SECOND
    counted = f"{plain(requests)} requests x {plain(warm_ms)} ms"
    if cold_ms != warm_ms and cold:
        warm = f"{plain(requests - cold)} x {plain(warm_ms)} ms"
        counted = f"({warm} + {plain(cold)} cold x {plain(cold_ms)} ms)"
    reserved = provisioned or Provisioned(ZERO, ZERO)
    reserved_ms = billed_ms(reserved.duration_ms)
    reserved_seconds = reserved.requests * reserved_ms / MS_PER_SECOND
    enabled = provisioned_seconds(reserved.hours)
    memory = f"{plain(memory_mb)} MB / 1,024"
    return present(
        MeterReading(
            "aws.lambda.requests", billed_requests(requests, event_kb), f"{plain(requests)} requests"
        ),
        MeterReading(
            f"aws.lambda.gb_seconds.{architecture}",
            gb_seconds(seconds, memory_mb),
            f"{counted} x {memory}",
        ),
        MeterReading(
            "aws.lambda.ephemeral_gb_seconds",
            ephemeral_gb_seconds(seconds + reserved_seconds, ephemeral_mb),
            f"{plain(seconds + reserved_seconds)} s x ({plain(ephemeral_mb)} - 512) MB / 1,024",
        ),
        MeterReading(
            f"aws.lambda.provisioned_gb_seconds.{architecture}",
            gb_seconds(reserved.concurrency * enabled, memory_mb),
            f"{plain(reserved.concurrency)} environments x {plain(enabled)} s x {memory}",
        ),
        MeterReading(
            f"aws.lambda.provisioned_duration_gb_seconds.{architecture}",
            gb_seconds(reserved_seconds, memory_mb),
            f"{plain(reserved.requests)} requests x {plain(reserved_ms)} ms x {memory}",
        ),
        MeterReading(
            "aws.lambda.provisioned_requests",
            billed_requests(reserved.requests, event_kb),
            f"{plain(reserved.requests)} requests",
        ),
    )


def snapstart(
    *, memory_mb: Decimal, hours: Decimal, restores: Decimal = ZERO, versions: Decimal = ONE
) -> tuple[MeterReading, ...]:
    """Meter SnapStart for Python and .NET: caching each published version, and restoring environments.

    Source: pricing page, "SnapStart Pricing". Java's managed runtimes are not charged for it.
    """
    within("memory_mb", memory_mb, 128, 10_240, "a Lambda function's memory")
    seconds = snapstart_cache_seconds(hours)
    memory = f"{plain(memory_mb)} MB / 1,024"
    return present(
        MeterReading(
            "aws.lambda.snapstart_cache_gb_seconds",
            gb_seconds(versions * seconds, memory_mb),
            f"{plain(versions)} versions x {plain(seconds)} s x {memory}",
        ),
        MeterReading(
            "aws.lambda.snapstart_restore_gb",
            restores * memory_mb / MB_PER_GB,
            f"{plain(restores)} restores x {memory}",
        ),
    )


def durable(
    *,
    executions: Decimal,
    operations: Decimal,
    written_gb: Decimal = ZERO,
    retained_gb_months: Decimal = ZERO,
) -> tuple[MeterReading, ...]:
    """Meter durable functions: ``operations`` per execution, and all data written and retained.

    An execution's operations are its start, each completed step and each wait (pricing page, "Lambda Durable
    Functions Pricing"). Its invocations and replays are also billed as requests and duration.
    """
    return present(
        MeterReading(
            "aws.lambda.durable_operations",
            executions * operations,
            f"{plain(executions)} executions x {plain(operations)} operations",
        ),
        MeterReading("aws.lambda.durable_written_gb", written_gb, f"{plain(written_gb)} GB written"),
        MeterReading(
            "aws.lambda.durable_retained_gb_months",
            retained_gb_months,
            f"{plain(retained_gb_months)} GB-months retained",
        ),
    )
