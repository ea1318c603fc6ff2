"""Meter jobs on AWS: Lambda runs the steps, and the workflow itself claims, records and notifies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import assert_never

from compare.billing import aws_lambda, cloudwatch, dynamodb, xray
from compare.billing.reading import HOURS_PER_MONTH, MS_PER_SECOND, MeterReading, chunks, plain, present
from compare.metering import assumptions, review
from compare.metering.assumptions import Bound
from compare.metering.durable_function import DURABLE, DurableExecutions
from compare.metering.execution_log import ExecutionLog
from compare.metering.express import EXPRESS, Executions
from compare.metering.load import JobLoad
from compare.metering.stack import Stack
from core.workflow.model import Claim, Defer, Notify, Record, Step, Summarize

KB = Decimal(1024)
GB = Decimal(1024**3)
INDEX_UNITS = 1  # a claim adds the job's keys to the index of open jobs, a record removes them
LAMBDA_MB_PER_CPU = Decimal(1769)  # Lambda Developer Guide: at this memory a function has one vCPU
LOG_EVENTS = 3  # START, END and REPORT
SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600


@dataclass
class Counted:
    """Sums over all jobs as integers, so that runs of many thousand jobs are added up quickly."""

    log: ExecutionLog
    executions: Executions = field(default_factory=Executions)
    durable: DurableExecutions = field(default_factory=DurableExecutions)

    jobs: int = 0
    uploads: int = 0
    invocations: int = 0
    billed_ms: int = 0
    billed_mb_ms: int = 0
    cold: int = 0
    on_standard: int = 0  # jobs that a standard execution ran
    states: int = 0
    retries: int = 0
    gets: int = 0
    puts: int = 0
    write_units: int = 0
    publishes: int = 0
    emails: int = 0
    kept_bytes: int = 0
    work_bytes: int = 0
    row_bytes: int = 0


def count(stack: Stack, loads: Iterable[JobLoad]) -> Counted:
    """Add up the jobs."""
    sums = Counted(ExecutionLog(stack.log_level))
    for load in loads:
        _add(sums, load, stack)
        if stack.orchestrator == DURABLE:
            memory = max((stack.memory_of(step.name) for step in load.steps), default=stack.memory_mb)
            sums.durable.add(load, stack.granularity, memory)
            continue
        sums.log.add(load)
        if stack.orchestrator == EXPRESS:
            sums.executions.add(load)
        if stack.orchestrator != EXPRESS or load.waited_ms is not None:
            sums.on_standard += load.count
            sums.states += load.count * (len(load.path.states) + review.STATES * load.reviewed)
            sums.retries += load.count * load.retries
    return sums


def meter(stack: Stack, sums: Counted, bound: Bound) -> tuple[MeterReading, ...]:
    """Meter jobs: upload, event, workflow, functions, ledger, notification, logs and traces.

    A step is billed for the duration in its trace, rounded up to a millisecond per attempt, and a cold one
    also for its INIT. A Standard workflow is billed a transition for every state entered and every retry; an
    Express workflow is billed from its acceptance to its record and the notification after it. A job that an
    express execution handed over to a standard one is billed for both.
    """
    jobs = f"{sums.jobs:,} jobs"
    each_mb = "its memory" if stack.step_memory_mb else f"{stack.memory_mb:,} MB"
    runs, more_mb_ms = sums.invocations + sums.durable.calls, sums.durable.billed_mb_ms(bound)
    invocations = Decimal(runs)
    log_bytes = Decimal(assumptions.LOG_BYTES.value) / LOG_EVENTS
    return present(
        MeterReading(
            "aws.lambda.requests",
            invocations,
            f"{jobs}: {sums.invocations:,} runs of steps, retries included"
            + (f", and {sums.durable.calls:,} of the workflow" if sums.durable.calls else ""),
        ),
        MeterReading(
            f"aws.lambda.gb_seconds.{stack.architecture}",
            aws_lambda.gb_seconds(Decimal(sums.billed_mb_ms + more_mb_ms) / MS_PER_SECOND, Decimal(1)),
            f"{jobs}: {sums.billed_ms:,} ms in total, including {sums.cold:,} cold starts, "
            f"x {each_mb} / 1,024" + (f", and {more_mb_ms:,} MB-ms of the workflow" if more_mb_ms else ""),
        ),
        *(sums.executions.metered() if stack.orchestrator == EXPRESS else ()),
        *(sums.durable.metered(bound) if stack.orchestrator == DURABLE else ()),
        _transitions(sums, bound),
        sums.log.metered(),
        *kept(stack, sums, bound),
        MeterReading(
            "aws.kms.requests",
            Decimal(sums.jobs * assumptions.KEY_REQUESTS.at(bound) * stack.own_key),
            f"{jobs} x {assumptions.KEY_REQUESTS.at(bound)} requests to the key",
        ),
        MeterReading(
            "aws.s3.storage_gb_months",
            Decimal(sums.work_bytes) / GB * assumptions.WORK_HOURS.at(bound) / HOURS_PER_MONTH,
            f"{jobs}: {sums.work_bytes:,} bytes under work/ for {assumptions.WORK_HOURS.at(bound)} hours",
        ),
        MeterReading(
            "aws.s3.put_requests",
            Decimal(sums.puts + sums.uploads),
            f"{jobs}: {sums.uploads:,} uploads + {sums.puts:,} pictures written",
        ),
        MeterReading("aws.s3.get_requests", Decimal(sums.gets), f"{jobs}: {sums.gets:,} pictures read"),
        MeterReading(
            "aws.eventbridge.s3_events",
            sums.uploads * chunks(Decimal(assumptions.EVENT_KB.value)),
            f"{sums.uploads:,} uploads: one event each",
        ),
        MeterReading(
            "aws.dynamodb.write_units",
            Decimal(sums.write_units),
            f"{jobs}: claims and records, by the KB of their rows, and one unit each for the index",
        ),
        MeterReading(
            "aws.dynamodb.storage_gb_months",
            Decimal(sums.row_bytes) / GB,
            f"{jobs}: rows of {sums.row_bytes:,} bytes",
        ),
        MeterReading("aws.sns.publishes", Decimal(sums.publishes), f"{jobs}: one notification each"),
        MeterReading(
            "aws.sns.deliveries.email", Decimal(sums.emails), f"{sums.emails:,} failed jobs by e-mail"
        ),
        MeterReading(
            "aws.cloudwatch.log_gb",
            cloudwatch.log_gb(invocations * LOG_EVENTS, log_bytes),
            f"{runs:,} runs x {LOG_EVENTS} events x ({plain(log_bytes)} + 26) bytes",
        ),
        MeterReading(
            "aws.xray.traces", Decimal(sums.jobs), f"{jobs}: one trace each, at one job a second or less"
        ),
    )


def kept(stack: Stack, sums: Counted, bound: Bound) -> tuple[MeterReading, ...]:
    """Return the storage that jobs leave behind for good: photos and outputs."""
    return (
        MeterReading(
            "aws.s3.storage_gb_months",
            Decimal(sums.kept_bytes) / GB,
            f"{sums.jobs:,} jobs: photos and outputs of {sums.kept_bytes:,} bytes",
        ),
    )


def shared(stack: Stack, sums: Counted, images: int, bound: Bound) -> tuple[MeterReading, ...]:
    """Return the traces of a month with so many photos: beyond one a second, X-Ray records a share.

    Photos that all arrive at once (low) have the smallest share, those that arrive evenly the largest.
    """
    even = xray.default_share(images / SECONDS_PER_MONTH)
    share = xray.FIXED_RATE if bound == "low" else even
    return xray.tracing(requests=Decimal(images), sampled_share=share)


def idle(stack: Stack, images: int, bound: Bound) -> tuple[MeterReading, ...]:
    """Return the usage of an idle stack: none, since neither functions nor workflows poll."""
    return ()


def slowdown(memory_mb: int) -> Decimal:
    """Return how many times longer a step takes than on one vCPU; more than one vCPU brings no gain."""
    return max(Decimal(1), LAMBDA_MB_PER_CPU / memory_mb)


def _add(sums: Counted, load: JobLoad, stack: Stack) -> None:
    """Add the jobs of one load to the sums."""
    count = load.count
    sums.jobs += count
    sums.uploads += load.uploads
    for step in load.steps:
        duration = step.span.ended_ms - step.span.began_ms
        init = assumptions.INIT_MS.value if step.cold else 0
        sums.invocations += count * step.attempts
        billed = count * (step.attempts * duration + init)
        sums.billed_ms += billed
        sums.billed_mb_ms += billed * stack.memory_of(step.name)
        sums.cold += count * step.cold
    sums.gets += count * load.gets
    sums.puts += count * load.puts
    sums.kept_bytes += count * load.kept_bytes
    sums.work_bytes += count * load.work_bytes
    row = assumptions.ROW_BYTES.value + load.document_bytes
    sums.row_bytes += count * row if load.document_bytes else 0
    if load.reviewed:
        asking_ms = count * assumptions.BOOKKEEPING_MS.value
        asks = stack.orchestrator != DURABLE  # which asks by itself
        sums.invocations += count * (asks + review.PAGE_CALLS)
        sums.billed_ms += asking_ms * (asks + review.PAGE_CALLS)
        sums.billed_mb_ms += asking_ms * (asks * review.ASK_MB + review.PAGE_CALLS * stack.memory_mb)
        sums.gets += count * review.PAGE_GETS
        written = review.WRITES * _write_units(row) + review.MOVES * review.ENTRY_UNITS
        sums.write_units += count * written
        sums.publishes += count
        sums.emails += count if stack.email else 0
    for task in load.path.tasks:
        match task.action:
            case Claim():
                claimed = assumptions.ROW_BYTES.value + assumptions.CLAIM_BYTES.value
                sums.write_units += count * (_write_units(claimed) + INDEX_UNITS)
            case Record() | Defer():
                sums.write_units += count * (_write_units(row) + INDEX_UNITS)
            case Notify():
                sums.publishes += count
                sums.emails += count if stack.email and load.failed else 0
            case Step():
                pass  # counted above, by its trace
            case Summarize():
                pass  # of a batch, and no photo's
            case _:
                assert_never(task.action)


def _transitions(sums: Counted, bound: Bound) -> MeterReading:
    jobs = f"{sums.on_standard:,} jobs"
    ends = sums.on_standard * assumptions.START_AND_END.at(bound)
    return MeterReading(
        "aws.stepfunctions.transitions",
        Decimal(sums.states + sums.retries + ends),
        f"{jobs}: {sums.states:,} states entered + {sums.retries:,} retries"
        + (f" + {ends:,} starts and ends" if ends else ""),
    )


@cache
def _write_units(row_bytes: int) -> int:
    return int(dynamodb.write_units(Decimal(row_bytes) / KB))
