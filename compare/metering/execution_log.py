"""Meter the log of a state machine: what its level writes about each execution."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from compare.billing import cloudwatch
from compare.billing.reading import MeterReading
from compare.metering import assumptions
from compare.metering.load import JobLoad
from compare.metering.stack import ALL, NONE

FAILURE_EVENTS = 2  # FailStateEntered and ExecutionFailed


@dataclass
class ExecutionLog:
    """Integer sums over all jobs; every event holds the whole job document.

    At the level ``all`` each state writes its events. At ``error``, each failed attempt writes one, and the
    failure of the execution two: Step Functions Developer Guide, "Log levels for Step Functions execution
    events".
    """

    level: str
    events: int = 0
    bytes: int = 0

    def add(self, load: JobLoad) -> None:
        """Add the jobs of one load."""
        if self.level == NONE:
            return
        if self.level == ALL:
            events = (len(load.path.states) + load.retries) * assumptions.EXECUTION_LOG_EVENTS.value
        else:
            events = load.retries + load.failed * (1 + FAILURE_EVENTS)
        self.events += load.count * events
        self.bytes += load.count * events * load.document_bytes

    def metered(self) -> MeterReading:
        """Return the log's size."""
        mean = Decimal(self.bytes) / max(1, self.events)
        return MeterReading(
            "aws.cloudwatch.log_gb",
            cloudwatch.log_gb(Decimal(self.events), mean),
            f"{self.events:,} events of executions with {self.bytes:,} bytes in all",
        )
