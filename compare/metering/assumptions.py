"""The figures that metering has to assume because no trace contains them; reports list them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.workflow.granularity import STEPWISE

type Bound = Literal["low", "expected", "high"]
BOUNDS: tuple[Bound, ...] = ("low", "expected", "high")


@dataclass(frozen=True)
class Assumption:
    """A figure that was not measured, with its source, and with bounds if it is uncertain."""

    text: str
    value: int
    reason: str
    low: int | None = None
    high: int | None = None

    def at(self, bound: Bound) -> int:
        """Return the figure that makes the bill low, expected or high."""
        found = {"low": self.low, "high": self.high}.get(bound)
        return self.value if found is None else found

    @property
    def figure(self) -> str:
        """The value, with its bounds if it is uncertain."""
        if self.low is None and self.high is None:
            return f"{self.value:,}"
        return f"{self.value:,} ({self.at('low'):,} to {self.at('high'):,})"


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
    1_600,
    "A request record, and one line for each job. host.json asks for no other lines (Function: Warning).",
    low=1_000,
    high=2_200,
)
REQUEST_BYTES = Assumption(
    "bytes of telemetry for one Azure function execution at the log level warning",
    1_500,
    "The request record alone.",
    low=1_000,
    high=2_000,
)
BOOKKEEPING_MS = Assumption(
    "milliseconds of one claim, record, notification or orchestrator episode",
    50,
    "Each makes one or two calls that no trace contains; billed on Azure and in an Express workflow.",
)
BUSY_PERCENT = Assumption(
    "per cent of its processor that an Azure instance uses while photos never leave it idle",
    60,
    "Instances are added before they are full; the low bound assumes full ones.",
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
START_AND_END = Assumption(
    "state transitions for the start and the end of a Standard execution",
    0,
    "The pricing page counts each state; its diagram counts the start and the end as well.",
    high=2,
)
EVENT_KB = Assumption(
    "KB of one upload event",
    1,
    "Events of S3 and Event Grid are well below 64 KB, the increment in which they are billed.",
)
ACCOUNT_EVENTS = Assumption(
    "Event Grid operations for each other blob written or deleted, and for the filter on each upload",
    1,
    "A system topic receives every event of its account; the low bound bills only events with a subscriber.",
    low=0,
)
HISTORY_BYTES = Assumption(
    "bytes of orchestration history for one activity, deleted with the ledger's rows after 30 days",
    9_000,
    "Its input and its result are job documents in UTF-16, each with the columns of an entity.",
    low=6_000,
    high=12_000,
)
WORK_HOURS = Assumption(
    "hours for which pictures under work/ are kept",
    36,
    "They are deleted a day after they were written, by a rule that both clouds apply once a day.",
    low=24,
    high=48,
)
RECONCILE_MS = Assumption(
    "milliseconds of one run of the reconciler",
    1_000,
    "It makes a few calls and usually finds nothing; an Azure instance is billed a second in any case.",
    low=500,
    high=3_000,
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
KEY_REQUESTS = Assumption(
    "requests to the customer's own KMS key for one photo",
    5,
    "Buckets, table, topic, logs and workflow ask once in minutes each; at few photos, once for each photo.",
)
DOCUMENT_BYTES = Assumption("bytes of the finished job document", 2_800, "Measured with the recipe gallery.")
FOLLOWING_CALLS = Assumption(
    "calls of the front door that follow one job, unless a run counted them",
    5,
    "One for each change that a client waits for: received, claimed, steps, the end.",
    low=2,
    high=10,
)
FOLLOWED_MS = Assumption(
    "milliseconds for which the front door waits with one client for its job, unless a run counted them",
    5_000,
    "About as long as the job takes; a client that polls without waiting pays for calls instead.",
    low=2_000,
    high=20_000,
)
DOOR_MS = Assumption(
    "milliseconds of one call of the front door, without waiting",
    40,
    "Two or three requests to tables and the store, of some 10 ms each.",
    low=15,
    high=120,
)
ACCESS_LOG_BYTES = Assumption(
    "bytes of access log for one call of the front door", 250, "The fields of components/aws/front_door.py."
)
FRONT_DOOR = (FOLLOWING_CALLS, FOLLOWED_MS, DOOR_MS)
CACHE_MISSES = Assumption(
    "per cent of views whose result the CDN has to fetch from the store",
    50,
    "Each edge fetches a result once and keeps it; a photo that few look at is at no edge yet.",
    low=5,
    high=100,
)
CDN_LOG_BYTES = Assumption(
    "bytes of the CDN's access log for one view, on AWS",
    330,
    "The fields of components/aws/access_log.py, in JSON; nothing, should each request include its log.",
    low=0,
    high=600,
)
FRONT_DOOR_LOG_BYTES = Assumption(
    "bytes of Front Door's access log for one view",
    1_200,
    "A row of AzureDiagnostics has every field of FrontDoorAccessLog, and those of all its tables.",
    low=700,
    high=2_000,
)
EDGES = Assumption(
    "edges of Front Door that probe its two origins, every 255 seconds",
    100,
    'Microsoft Learn, "Health probes": about 200 requests a minute at a probe in 30 seconds.',
    high=200,
)
CDN = (CACHE_MISSES,)
CDN_OF = {"aws": (CDN_LOG_BYTES,), "azure": (FRONT_DOOR_LOG_BYTES, EDGES)}
REPLAY_MS = Assumption(
    "milliseconds of one call of a durable function, besides the work that it does",
    100,
    "A checkpointed step takes 41 ms at 1,024 MB (SDK 2.0.1); reading what was done before is not published.",
    low=30,
    high=400,
)
COMMON = (EVENT_KB, ROW_BYTES, RECONCILE_MS)
AWS = (INIT_MS, LOG_BYTES, CLAIM_BYTES, DOCUMENT_BYTES, *COMMON)
STANDARD = (*AWS, START_AND_END)
EXPRESS = (*AWS, BOOKKEEPING_MS, DEFINITION_KB)
DURABLE = (*AWS, BOOKKEEPING_MS, REPLAY_MS)
SCHEDULER = (BOOKKEEPING_MS, BUSY_PERCENT, ACCOUNT_EVENTS, *COMMON)
STORAGE = (*SCHEDULER, HISTORY_BYTES)
OF_GRANULARITY = {STEPWISE: (WORK_HOURS,)}

# Of photos that no run has processed.
PHOTO_BYTES = Assumption(
    "bytes of a photo for each megapixel",
    400_000,
    "A camera's JPEG; the size that is uploaded is paid for as long as it is kept.",
)
OUTPUT_BYTES = Assumption(
    "bytes of one output",
    60_000,
    "Measured with the recipe gallery on the samples: 25,000 to 67,000 on average over six outputs.",
    low=25_000,
    high=150_000,
)
RENDITION_BYTES = Assumption(
    "bytes of one picture under work/",
    450_000,
    "Measured with the recipe gallery on the samples: 390,000 to 620,000 on average over three pictures.",
    low=390_000,
    high=620_000,
)
STORE_CALL_MS = Assumption(
    "milliseconds of one read or write of an object", 30, "Within a region, for files of this size."
)
PACE_PERCENT = Assumption(
    "per cent of the step times measured on one vCPU",
    100,
    "The speed of the clouds' processors for this work is not known before a run.",
    low=50,
    high=200,
)
GAP_MS = Assumption(
    "milliseconds between two executions of a workflow",
    100,
    "Published measurements of unloaded workflows on both clouds; the low bound leaves them out.",
    low=0,
)
PLANNED = (PHOTO_BYTES, OUTPUT_BYTES, RENDITION_BYTES, DOCUMENT_BYTES, STORE_CALL_MS, PACE_PERCENT, GAP_MS)
