"""Meter the executions of an Express workflow: their number and their time."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from compare.billing import step_functions
from compare.billing.reading import MB_PER_GB, MS_PER_SECOND, MeterReading
from compare.metering import assumptions
from compare.metering.load import JobLoad
from compare.metering.path import Path
from core.workflow.model import Parallel

EXPRESS = "express"  # the orchestrator setting
BYTES_PER_KB = Decimal(1024)


@dataclass
class Executions:
    """Integer sums over all jobs."""

    count: int = 0
    billed_ms: int = 0
    billed_mb_ms: int = 0

    def add(self, load: JobLoad) -> None:
        """Add the jobs of one load: each lasts from its acceptance to the notification after its record.

        That of a job which was handed over lasted until then: no longer than from upload to acceptance.
        """
        lasted = load.ended_ms - load.began_ms + assumptions.BOOKKEEPING_MS.value
        if load.waited_ms is not None:
            lasted = load.waited_ms
        billed = int(step_functions.express_billed_ms(Decimal(lasted)))
        self.count += load.count
        self.billed_ms += load.count * billed
        self.billed_mb_ms += load.count * billed * _billed_mb(load.path, load.document_bytes)

    def metered(self) -> tuple[MeterReading, ...]:
        """Return the sums as meters."""
        return (
            MeterReading(
                "aws.stepfunctions.express_requests", Decimal(self.count), f"{self.count:,} executions"
            ),
            MeterReading(
                "aws.stepfunctions.express_gb_seconds",
                Decimal(self.billed_mb_ms) / MS_PER_SECOND / MB_PER_GB,
                f"{self.count:,} executions: {self.billed_ms:,} ms in chunks of 100, memory in chunks of 64 "
                "MB",
            ),
        )


@cache
def _billed_mb(path: Path, document_bytes: int) -> int:
    branches = max((len(state.branches) for state in path.states if isinstance(state, Parallel)), default=0)
    used = step_functions.express_memory_mb(
        Decimal(assumptions.DEFINITION_KB.value), document_bytes / BYTES_PER_KB, Decimal(branches)
    )
    return int(step_functions.express_billed_mb(used))
