"""The usage of the front door: a photo is asked for by one call, and its job followed by several."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from compare.billing import api_gateway, aws_lambda, cloudwatch, functions_flex, log_analytics
from compare.billing.reading import MB_PER_GB, MS_PER_SECOND, MeterReading, present
from compare.metering import assumptions
from compare.metering.assumptions import Bound
from compare.metering.load import JobLoad
from compare.metering.stack import Stack, telemetry_of

# As components.aws.front_door and components.azure.front_door deploy it; a test compares the numbers.
LAMBDA_MB = Decimal(256)
CONCURRENCY = 16
LOOKS_A_SECOND = 1  # of a call that waits, at the ledger
LOG_EVENTS = 3  # START, END and REPORT
# The ticket is written twice and read by each call; rows of up to 4 KB are read consistently.
TICKET_WRITES = 2
PLACE_WRITES = 2  # on AWS, by a call that waits: a place is taken and left
TICKETS_READ, ROWS_READ = 1, 1
STATUS_READ = 1  # of an orchestration, whose state Azure Storage keeps in a table
FOUND = 2  # requests for the upload's properties: before it has come, and after


@dataclass(frozen=True)
class Counted:
    """The calls that were counted for ``photos``, and for how long they were open together."""

    photos: int
    calls: int
    open_ms: float

    @classmethod
    def of(cls, loads: Iterable[JobLoad]) -> Counted | None:
        """Return the calls for these photos, or ``None`` if they were sent otherwise."""
        found = [(load.count, load.api) for load in loads if load.api]
        if not found:
            return None
        return cls(
            sum(count for count, _ in found),
            sum(count * api.count for count, api in found),
            sum(count * api.open_ms for count, api in found),
        )


def on_aws(
    stack: Stack, images: int, bound: Bound, counted: Counted | None = None
) -> tuple[MeterReading, ...]:
    """Return a month's usage with ``images`` photos that come through the front door.

    It has as many calls a photo as were ``counted``, if any were.
    """
    photos, calls, waited = _calls(images, bound, counted)
    seconds = (calls * assumptions.DOOR_MS.at(bound)) / MS_PER_SECOND + waited
    what = f"{images:,} photos by the front door, {calls:,} calls"
    looks = calls + waited * LOOKS_A_SECOND
    log_bytes = Decimal(assumptions.LOG_BYTES.value) / LOG_EVENTS
    access = Decimal(assumptions.ACCESS_LOG_BYTES.value)
    return present(
        *api_gateway.http_api(requests=calls),
        MeterReading("aws.lambda.requests", calls, what),
        MeterReading(
            f"aws.lambda.gb_seconds.{stack.architecture}",
            aws_lambda.gb_seconds(seconds, LAMBDA_MB),
            f"{what}: {seconds:,.0f} s, waiting included, x {LAMBDA_MB:,} MB / 1,024",
        ),
        MeterReading(
            "aws.dynamodb.write_units",
            photos * TICKET_WRITES + (calls - photos) * PLACE_WRITES,
            f"{what}: tickets, and places to wait",
        ),
        MeterReading(
            "aws.dynamodb.read_units", calls * TICKETS_READ + looks * ROWS_READ, f"{what}: tickets and rows"
        ),
        MeterReading("aws.s3.get_requests", photos * FOUND, f"{what}: looks for the upload"),
        MeterReading(
            "aws.cloudwatch.log_gb",
            cloudwatch.log_gb(calls * LOG_EVENTS, log_bytes) + cloudwatch.log_gb(calls, access),
            what,
        ),
    )


def on_azure(
    stack: Stack, images: int, bound: Bound, counted: Counted | None = None
) -> tuple[MeterReading, ...]:
    """Return a month's usage with ``images`` photos that come through the front door.

    It has as many calls a photo as were ``counted``, if any were.
    At best, as many calls share the time of an instance as it takes at once; at worst, none do.
    """
    photos, calls, waited = _calls(images, bound, counted)
    each_ms = functions_flex.billed_ms(
        assumptions.DOOR_MS.at(bound) + (waited / calls * MS_PER_SECOND if calls else Decimal(0))
    )
    sharing = CONCURRENCY if bound == "low" else 1
    what = f"{images:,} photos by the front door, {calls:,} calls"
    looks = calls + waited * LOOKS_A_SECOND
    told = STATUS_READ if stack.orchestrator == "storage" else 0
    return present(
        MeterReading("azure.functions.flex.executions", calls, what),
        MeterReading(
            "azure.functions.flex.gb_seconds",
            calls * each_ms / MS_PER_SECOND / sharing * stack.memory_mb / MB_PER_GB,
            f"{what} x {each_ms:,} ms, {sharing} at once, x {stack.memory_mb:,} MB / 1,024",
        ),
        MeterReading(
            "azure.table.operations",
            photos * TICKET_WRITES + calls * TICKETS_READ + looks * (ROWS_READ + told),
            f"{what}: tickets, rows and states of orchestrations",
        ),
        MeterReading("azure.blob.read_operations", photos * FOUND, f"{what}: looks for the upload"),
        MeterReading(
            "azure.monitor.log_gb", log_analytics.log_gb(calls, Decimal(telemetry_of(stack).at(bound))), what
        ),
    )


def _calls(images: int, bound: Bound, counted: Counted | None) -> tuple[Decimal, Decimal, Decimal]:
    """Return the photos, the calls, and the seconds that calls wait for a change."""
    photos = Decimal(images)
    if counted:
        calls = photos * counted.calls / counted.photos
        held_ms = photos * round(counted.open_ms) / counted.photos
        return photos, calls, max(Decimal(0), held_ms - calls * assumptions.DOOR_MS.at(bound)) / MS_PER_SECOND
    waited = photos * assumptions.FOLLOWED_MS.at(bound) / MS_PER_SECOND
    return photos, photos * (1 + assumptions.FOLLOWING_CALLS.at(bound)), waited
