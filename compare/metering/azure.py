"""Meter jobs on Azure: one Flex Consumption app with Durable Functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import assert_never

from compare.billing import azure_storage, durable_storage, log_analytics
from compare.billing.reading import (
    HOURS_PER_MONTH,
    MB_PER_GB,
    MS_PER_SECOND,
    SECONDS_PER_HOUR,
    MeterReading,
    chunks,
    present,
)
from compare.metering import assumptions, review, viewing
from compare.metering.assumptions import Bound
from compare.metering.durable import SCHEDULER, orchestration
from compare.metering.instances import InstanceTime
from compare.metering.load import JobLoad
from compare.metering.stack import Stack, telemetry_of
from core.workflow.model import Claim, Defer, Notify, Record, Step, Summarize

GB = Decimal(1024**3)
HOURS_PER_DAY = 24
LIVES_ON_HOURS = Decimal(1) / 60  # of an instance without work, until the platform removes it
UPLOAD_MESSAGE_OPERATIONS = 3  # put by Event Grid, got and deleted by the trigger
# host.json: Durable and the queue trigger poll for messages at least every two seconds.
POLL_SECONDS = Decimal(2)
EVENT_OPERATIONS = 2  # received, delivered
FLEX_TIME = "azure.functions.flex.gb_seconds"


@dataclass
class Counted:
    """Sums over all jobs as integers, so that runs of many thousand jobs are added up quickly."""

    jobs: int = 0
    uploads: int = 0
    executions: int = 0
    gets: int = 0
    puts: int = 0
    messages: int = 0
    rows: int = 0
    durable_queue: int = 0
    durable_table: int = 0
    actions: int = 0
    kept_bytes: int = 0
    work_bytes: int = 0
    row_bytes: int = 0
    activities: int = 0
    other_events: int = 0
    time: InstanceTime = field(default_factory=InstanceTime)


def count(stack: Stack, loads: Iterable[JobLoad]) -> Counted:
    """Add up the jobs."""
    sums = Counted()
    for load in loads:
        _add(sums, load, scheduler=stack.orchestrator == SCHEDULER)
    return sums


def meter(stack: Stack, sums: Counted, bound: Bound) -> tuple[MeterReading, ...]:
    """Meter jobs: upload, event, queue, orchestration, functions, ledger, notification and telemetry.

    Instances are billed as :mod:`compare.metering.instances` says, at the times of the traces. Every
    orchestrator episode counts as an execution; Microsoft's documentation does not say whether it does on
    this plan.
    """
    active_ms = sums.time.as_sent(bound, stack.memory_mb)
    jobs = f"{sums.jobs:,} jobs"
    executions = Decimal(sums.executions)
    telemetry = telemetry_of(stack)
    # What the lifecycle rule deletes under work/ is kept as long as anything else that is deleted.
    work_hours = assumptions.WORK_HOURS.at(bound) + HOURS_PER_DAY * stack.soft_delete_days
    got = sums.uploads * UPLOAD_MESSAGE_OPERATIONS
    return present(
        _flex_time(stack, jobs, active_ms),
        MeterReading(
            "azure.functions.flex.executions",
            executions,
            f"{jobs}: {sums.executions:,} starts, activities and orchestrator episodes",
        ),
        MeterReading(
            "azure.durable.scheduler_actions",
            Decimal(sums.actions),
            f"{jobs}: {sums.actions:,} starts, activities, answers and timers",
        ),
        *kept(stack, sums, bound),
        MeterReading(
            f"azure.blob.storage_gb_months{_kept_as(stack)}",
            Decimal(sums.work_bytes) / GB * work_hours / HOURS_PER_MONTH,
            f"{jobs}: {sums.work_bytes:,} bytes under work/ for {work_hours} hours",
        ),
        MeterReading(
            f"azure.blob.write_operations{_kept_as(stack)}",
            Decimal(sums.puts + sums.uploads),
            f"{jobs}: {sums.uploads:,} uploads + {sums.puts:,} pictures written",
        ),
        MeterReading(
            "azure.blob.read_operations", Decimal(sums.gets), f"{jobs}: {sums.gets:,} pictures read"
        ),
        MeterReading(
            "azure.queue.operations",
            Decimal(sums.durable_queue + got + sums.messages),
            f"{jobs}: {sums.durable_queue:,} by Durable, {got:,} by uploads, {sums.messages:,} notifications",
        ),
        MeterReading(
            "azure.table.operations.own_key" if stack.own_key else "azure.table.operations",
            Decimal(sums.durable_table + sums.rows),
            f"{jobs}: {sums.durable_table:,} by Durable, {sums.rows:,} by the ledger",
        ),
        MeterReading(
            "azure.table.storage_gb_months",
            Decimal(sums.row_bytes) / GB,
            f"{jobs}: rows of {sums.row_bytes:,} bytes",
        ),
        *_history(stack, sums, bound),
        MeterReading(
            "azure.eventgrid.operations",
            sums.uploads * EVENT_OPERATIONS * chunks(Decimal(assumptions.EVENT_KB.value))
            + sums.other_events * assumptions.ACCOUNT_EVENTS.at(bound),
            f"{sums.uploads:,} uploads: one event received and delivered each, and {sums.other_events:,} "
            f"filters and events of other blobs x {assumptions.ACCOUNT_EVENTS.at(bound)}",
        ),
        MeterReading(
            "azure.monitor.log_gb",
            log_analytics.log_gb(executions, Decimal(telemetry.at(bound))),
            f"{sums.executions:,} executions x {telemetry.at(bound):,} bytes",
        ),
    )


def kept(stack: Stack, sums: Counted, bound: Bound) -> tuple[MeterReading, ...]:
    """Return the storage that jobs leave behind for good: photos and outputs."""
    return (
        MeterReading(
            f"azure.blob.storage_gb_months{_kept_as(stack)}",
            Decimal(sums.kept_bytes) / GB,
            f"{sums.jobs:,} jobs: photos and outputs of {sums.kept_bytes:,} bytes",
        ),
    )


def _history(stack: Stack, sums: Counted, bound: Bound) -> tuple[MeterReading, ...]:
    """Return the storage of Durable's history for a month, after which it is deleted."""
    if stack.orchestrator == SCHEDULER:
        return ()
    each = assumptions.HISTORY_BYTES.at(bound)
    return (
        MeterReading(
            "azure.table.storage_gb_months",
            Decimal(sums.activities * each) / GB,
            f"{sums.jobs:,} jobs: {sums.activities:,} activities x {each:,} bytes of history",
        ),
    )


def shared(stack: Stack, sums: Counted, images: int, bound: Bound) -> tuple[MeterReading, ...]:
    """Return the time of instances in a month with so many photos, which share them."""
    active_ms = sums.time.in_a_month(images, bound, stack.memory_mb)
    return (_flex_time(stack, f"{images:,} photos", active_ms),)


def idle(stack: Stack, images: int, bound: Bound) -> tuple[MeterReading, ...]:
    """Return the polling of instances that live on without work, of the scale controller, and by a CDN.

    Instances poll the upload queue, and Durable's queues if it has any. They end with their photo (low), a
    minute after it (expected), or never (high). Whether the scale controller of this plan polls Durable's
    queues, as those of other plans do, is not documented; it does so in the high case.
    """
    live_hours = {
        "low": Decimal(0),
        "expected": min(HOURS_PER_MONTH, images * LIVES_ON_HOURS),
        "high": HOURS_PER_MONTH,
    }[bound]
    uploads = azure_storage.queue(polls=live_hours * SECONDS_PER_HOUR / POLL_SECONDS)
    probes = viewing.probes(stack, bound)
    if stack.orchestrator == SCHEDULER:
        return (*uploads, *probes)
    durable = durable_storage.idle(
        instance_hours=live_hours,
        scale_controller_hours=HOURS_PER_MONTH if bound == "high" else Decimal(0),
        poll_seconds=POLL_SECONDS,
    )
    return (*durable, *uploads, *probes)


def slowdown(memory_mb: int) -> Decimal:
    """Return 1: an instance of either size has at least one vCPU."""
    return Decimal(1)


def _flex_time(stack: Stack, photos: str, active_ms: Decimal) -> MeterReading:
    return MeterReading(
        FLEX_TIME,
        active_ms / MS_PER_SECOND * stack.memory_mb / MB_PER_GB,
        f"{photos}: instances active for {active_ms:,.0f} ms x {stack.memory_mb:,} MB / 1,024",
    )


def _kept_as(stack: Stack) -> str:
    """Return the end of the names of meters whose prices depend on the account's redundancy."""
    return f".{stack.redundancy.lower()}" if stack.redundancy not in ("", "LRS") else ""


def _add(sums: Counted, load: JobLoad, *, scheduler: bool) -> None:
    """Add the jobs of one load to the sums; the orchestrator waits for a timer before each retry."""
    count = load.count
    activities = len(load.path.tasks) + load.retries + review.ACTIVITIES * load.reviewed
    durable = orchestration(activities, load.retries, load.reviewed)
    sums.jobs += count
    sums.uploads += load.uploads
    sums.executions += count * (activities + durable.episodes) + load.uploads
    if load.reviewed:
        sums.executions += count * (review.DECISION_EXECUTIONS + review.PAGE_CALLS)
        sums.gets += count * review.PAGE_GETS
        sums.rows += count * review.ROWS
        sums.messages += count * (1 + review.DECISION_OPERATIONS)  # the question
    if scheduler:
        sums.actions += count * durable.actions
    else:
        sums.durable_queue += count * durable.queue_operations
        sums.durable_table += count * durable.table_operations
    sums.gets += count * load.gets
    sums.puts += count * load.puts
    sums.kept_bytes += count * load.kept_bytes
    sums.work_bytes += count * load.work_bytes
    sums.activities += count * activities
    sums.other_events += load.uploads + count * (load.puts + load.work_puts)  # the filter; written; deleted
    if load.document_bytes:
        sums.row_bytes += count * (assumptions.ROW_BYTES.value + load.document_bytes)
    for task in load.path.tasks:
        match task.action:
            case Claim() | Record() | Defer():
                sums.rows += count
            case Notify():
                sums.messages += count
            case Step():
                pass  # counted by its spans
            case Summarize():
                pass  # of a batch, and no photo's
            case _:
                assert_never(task.action)
    sums.time.add(load)
