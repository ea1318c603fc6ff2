"""Meter jobs on Azure: one Flex Consumption app with Durable Functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import assert_never

from compare.billing import azure_storage, durable_storage, functions_flex, log_analytics
from compare.billing.reading import MB_PER_GB, MS_PER_SECOND, SECONDS_PER_HOUR, MeterReading, chunks, present
from compare.billing.spans import merged
from compare.metering import assumptions
from compare.metering.durable import SCHEDULER, orchestration
from compare.metering.load import JobLoad, Span
from compare.metering.stack import WARNING, Stack
from core.workflow.model import Claim, Notify, Record, Step

GB = Decimal(1024**3)
UPLOAD_MESSAGE_OPERATIONS = 3  # put by Event Grid, got and deleted by the trigger
# host.json: Durable and the queue trigger poll for messages at least every two seconds.
POLL_SECONDS = Decimal(2)
EVENT_OPERATIONS = 2  # received, delivered


@dataclass
class _Sums:
    """Sums over all jobs as integers, so that runs of many thousand jobs are added up quickly."""

    jobs: int = 0
    executions: int = 0
    active_ms: int = 0
    gets: int = 0
    puts: int = 0
    messages: int = 0
    rows: int = 0
    durable_queue: int = 0
    durable_table: int = 0
    actions: int = 0
    kept_bytes: int = 0
    row_bytes: int = 0
    spans: dict[str, list[tuple[int, int]]] = field(default_factory=dict)


def meter(stack: Stack, loads: Iterable[JobLoad]) -> tuple[MeterReading, ...]:
    """Meter jobs: upload, event, queue, orchestration, functions, ledger, notification and telemetry.

    An instance is billed while anything runs on it: steps at the times of their traces, and claim, record,
    notification and orchestrator episodes before and after them. Every orchestrator episode counts as an
    execution; Microsoft's documentation does not say whether it does on this plan.
    """
    sums = _Sums()
    for load in loads:
        _add(sums, load, scheduler=stack.orchestrator == SCHEDULER)
    sums.active_ms += sum(_billed_ms(spans) for spans in sums.spans.values())
    jobs = f"{sums.jobs:,} jobs"
    executions = Decimal(sums.executions)
    telemetry = assumptions.REQUEST_BYTES if stack.log_level == WARNING else assumptions.TELEMETRY_BYTES
    queue = sums.durable_queue + sums.messages + sums.jobs * UPLOAD_MESSAGE_OPERATIONS
    return present(
        MeterReading(
            "azure.functions.flex.gb_seconds",
            Decimal(sums.active_ms) / MS_PER_SECOND * stack.memory_mb / MB_PER_GB,
            f"{jobs}: instances active for {sums.active_ms:,} ms x {stack.memory_mb:,} MB / 1,024",
        ),
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
        MeterReading(
            "azure.blob.storage_gb_months",
            Decimal(sums.kept_bytes) / GB * assumptions.KEPT_MONTHS.value,
            f"{jobs}: photos and outputs of {sums.kept_bytes:,} bytes",
        ),
        MeterReading(
            "azure.blob.write_operations",
            Decimal(sums.puts + sums.jobs),
            f"{jobs}: {sums.jobs:,} uploads + {sums.puts:,} pictures written",
        ),
        MeterReading(
            "azure.blob.read_operations", Decimal(sums.gets), f"{jobs}: {sums.gets:,} pictures read"
        ),
        MeterReading(
            "azure.queue.operations",
            Decimal(queue),
            f"{jobs}: {sums.durable_queue:,} by Durable, {sums.jobs * UPLOAD_MESSAGE_OPERATIONS:,} by "
            f"uploads, {sums.messages:,} notifications",
        ),
        MeterReading(
            "azure.table.operations",
            Decimal(sums.durable_table + sums.rows),
            f"{jobs}: {sums.durable_table:,} by Durable, {sums.rows:,} by the ledger",
        ),
        MeterReading(
            "azure.table.storage_gb_months",
            Decimal(sums.row_bytes) / GB * assumptions.KEPT_MONTHS.value,
            f"{jobs}: rows of {sums.row_bytes:,} bytes",
        ),
        MeterReading(
            "azure.eventgrid.operations",
            sums.jobs * EVENT_OPERATIONS * chunks(Decimal(assumptions.EVENT_KB.value)),
            f"{jobs}: one event received and delivered each",
        ),
        MeterReading(
            "azure.monitor.log_gb",
            log_analytics.log_gb(executions, Decimal(telemetry.value)),
            f"{sums.executions:,} executions x {telemetry.value:,} bytes",
        ),
    )


def idle(stack: Stack, live_hours: Decimal) -> tuple[MeterReading, ...]:
    """Return the polling of an idle instance: of the upload queue, and of Durable's queues if it has any."""
    uploads = azure_storage.queue(polls=live_hours * SECONDS_PER_HOUR / POLL_SECONDS)
    if stack.orchestrator == SCHEDULER:
        return uploads
    return (*durable_storage.idle(instance_hours=live_hours, poll_seconds=POLL_SECONDS), *uploads)


def slowdown(memory_mb: int) -> Decimal:
    """Return 1: an instance of either size has at least one vCPU."""
    return Decimal(1)


def _add(sums: _Sums, load: JobLoad, *, scheduler: bool) -> None:
    """Add the jobs of one load to the sums; the orchestrator waits for a timer before each retry."""
    count = load.count
    activities = len(load.path.tasks) + load.retries
    durable = orchestration(activities, load.retries)
    sums.jobs += count
    sums.executions += count * (activities + durable.episodes + 1)
    if scheduler:
        sums.actions += count * durable.actions
    else:
        sums.durable_queue += count * durable.queue_operations
        sums.durable_table += count * durable.table_operations
    sums.gets += count * load.gets
    sums.puts += count * load.puts
    sums.kept_bytes += count * load.kept_bytes
    sums.row_bytes += count * (assumptions.ROW_BYTES.value + load.document_bytes)
    for task in load.path.tasks:
        match task.action:
            case Claim() | Record():
                sums.rows += count
            case Notify():
                sums.messages += count
            case Step():
                pass  # counted by its spans
            case _:
                assert_never(task.action)
    spans: dict[str, list[tuple[int, int]]] = {} if load.alone else sums.spans
    for span in _spans(load):
        spans.setdefault(span.instance, []).append((span.began_ms, span.ended_ms))
    if load.alone:
        sums.active_ms += count * sum(map(_billed_ms, spans.values()))


def _spans(load: JobLoad) -> list[Span]:
    """Return the spans in which the job kept instances busy: its steps, and the bookkeeping around them."""
    spans = [step.span for step in load.steps if step.span.instance]
    first, last = (spans[0].instance, spans[-1].instance) if spans else ("", "")
    around = len(load.path.tasks) - len(load.path.steps)  # claim, record and notify
    began, ended = load.began_ms, load.ended_ms
    each = assumptions.BOOKKEEPING_MS.value
    bookkeeping = [Span(first, began, began + 2 * each)]
    bookkeeping += [Span(last, ended - each, ended + each * max(0, around - 2))]
    episodes = [Span(span.instance, span.ended_ms, span.ended_ms + each) for span in spans]
    return [*spans, *bookkeeping, *episodes]


def _billed_ms(spans: list[tuple[int, int]]) -> int:
    """Return the milliseconds billed for one instance: each period at least 1 s, rounded up to 100 ms."""
    return sum(_billed_period(end - begin) for begin, end in merged(spans))


@cache
def _billed_period(active_ms: int) -> int:
    return int(functions_flex.billed_ms(Decimal(active_ms)))
