"""The figures that metering has to assume because no trace contains them; reports list them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Assumption:
    """A figure that was not measured, with its source."""

    text: str
    value: int
    reason: str


INIT_MS = Assumption(
    "milliseconds of Lambda's INIT phase in a cold start",
    500,
    "280 by benchmarks/cold_start.py, plus reading files in a new sandbox; a trace begins after INIT.",
)
LOG_BYTES = Assumption(
    "bytes of log for one Lambda invocation, in three events",
    600,
    "Lambda's START, END and REPORT lines; the handlers log nothing themselves.",
)
TELEMETRY_BYTES = Assumption(
    "bytes of telemetry for one Azure function execution at the log level information",
    2_000,
    "Application Insights keeps every request record, and samples the rest.",
)
REQUEST_BYTES = Assumption(
    "bytes of telemetry for one Azure function execution at the log level warning",
    1_000,
    "The request record alone, taken for half of what is sent at the level information.",
)
BOOKKEEPING_MS = Assumption(
    "milliseconds of one claim, record, notification or orchestrator episode",
    50,
    "Each makes one or two calls that no trace contains; billed on Azure and in an Express workflow.",
)
DEFINITION_KB = Assumption(
    "KB of the compiled definition of an Express workflow",
    1024,
    "The largest that Step Functions accepts; any size below 13,000 KB is billed as 64 MB.",
)
EXECUTION_LOG_EVENTS = Assumption(
    "log events for one state of an execution at the log level all, each with the whole job document",
    5,
    "A task is entered, scheduled, started, succeeded and left; with execution data.",
)
EVENT_KB = Assumption(
    "KB of one upload event",
    1,
    "Events of S3 and Event Grid are well below 64 KB, the increment in which they are billed.",
)
KEPT_MONTHS = Assumption(
    "month of storage for photos, outputs and ledger rows",
    1,
    "Storage is billed for one month; what is kept longer is billed again each month.",
)
ROW_BYTES = Assumption(
    "bytes of a ledger row beside the job document",
    500,
    "Ids, times, container and key have separate columns.",
)
CLAIM_BYTES = Assumption(
    "bytes of the job document when the job is claimed",
    700,
    "It has the source and the execution, but no trace and no artifacts yet.",
)
COMMON = (EVENT_KB, KEPT_MONTHS, ROW_BYTES)
AWS = (INIT_MS, LOG_BYTES, CLAIM_BYTES, *COMMON)
EXPRESS = (*AWS, BOOKKEEPING_MS, DEFINITION_KB)
AZURE = (BOOKKEEPING_MS, *COMMON)
