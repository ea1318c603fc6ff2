"""Meter the executions of the durable function: its operations, its data, and the calls that continue it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from compare.billing.reading import HOURS_PER_MONTH, MeterReading, present
from compare.metering import assumptions, review
from compare.metering.assumptions import Bound
from compare.metering.load import JobLoad
from core.workflow.granularity import STEPWISE
from core.workflow.model import Parallel

DURABLE = "durable"  # the orchestrator setting
# As created by components.aws.durable_workflow; a test compares the two.
RETENTION_DAYS = 14
INTERPRETER_MB = 512
GB = Decimal(1024**3)
DAYS_PER_MONTH = HOURS_PER_MONTH / 24


@dataclass
class DurableExecutions:
    """Integer sums over all jobs.

    An operation is the start, every activity, every retry's wait and, unless the low bound is right, a group
    of parallel branches; what a person decides about adds to that. A call of a step's function ends the call
    of the durable function, and the answer begins another one; in the fused granularity only the end of a
    wait does.
    """

    count: int = 0
    operations: int = 0
    groups: int = 0
    written_bytes: int = 0
    calls: int = 0
    own_mb: int = 0  # activities that are no steps, by the memory that they run in
    calls_mb: int = 0  # calls, by memory

    def add(self, load: JobLoad, granularity: str, memory_mb: int) -> None:
        """Add the jobs of one load; ``memory_mb`` is that of the function if it runs the steps itself."""
        stepwise = granularity == STEPWISE
        attempts = sum(step.attempts for step in load.steps)
        asking = review.STEPS * load.reviewed
        waits = load.retries + review.CALLS * load.reviewed
        activities = len(load.path.tasks) + load.retries
        calls = 1 + waits + (attempts if stepwise else 0)
        memory_mb = INTERPRETER_MB if stepwise else memory_mb
        # Each result is a job document, and so is what a step's function is called with.
        documents = activities + review.DOCUMENTS * load.reviewed + (attempts if stepwise else 0)
        written = documents * load.document_bytes + assumptions.EVENT_KB.value * 1024
        self.count += load.count
        callbacks = review.CALLBACKS * load.reviewed
        self.operations += load.count * (1 + activities + load.retries + asking + callbacks)
        self.groups += load.count * sum(isinstance(state, Parallel) for state in load.path.states)
        self.written_bytes += load.count * written
        self.own_mb += load.count * (activities - attempts + asking) * memory_mb
        self.calls_mb += load.count * calls * memory_mb
        # In the fused granularity the first call is the run of the step, which is counted as that.
        self.calls += load.count * (calls if stepwise else waits)

    def billed_mb_ms(self, bound: Bound) -> int:
        """Return the milliseconds billed besides the steps' own, by memory."""
        bookkeeping, replay = assumptions.BOOKKEEPING_MS.value, assumptions.REPLAY_MS.at(bound)
        return self.own_mb * bookkeeping + self.calls_mb * replay

    def metered(self, bound: Bound) -> tuple[MeterReading, ...]:
        """Return the sums as meters, but for the calls and their time, which are billed as any function's."""
        operations = self.operations + (self.groups if bound != "low" else 0)
        written = Decimal(self.written_bytes) / GB
        told = f"{self.count:,} executions: {self.written_bytes:,} bytes of inputs and results"
        return present(
            MeterReading(
                "aws.lambda.durable_operations",
                Decimal(operations),
                f"{self.count:,} executions: {operations:,} starts, steps, calls and waits",
            ),
            MeterReading("aws.lambda.durable_written_gb", written, told),
            MeterReading(
                "aws.lambda.durable_retained_gb_months",
                written * RETENTION_DAYS / DAYS_PER_MONTH,
                f"{told}, kept for {RETENTION_DAYS} days",
            ),
        )
