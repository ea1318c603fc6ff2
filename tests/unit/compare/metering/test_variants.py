"""Every variant of a stack: what is estimated for a photo is what would be metered of one that ran."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest

from compare import format_1
from compare.billing import step_functions
from compare.cost.bills import month_bills
from compare.metering import JobLoad, Stack, assumed, assumptions, express, meter
from compare.metering.assumptions import BOUNDS, DEFINITION_KB, EXECUTION_LOG_EVENTS, KEY_REQUESTS
from compare.metering.month import Month
from compare.metering.path import path
from compare.metering.planned import Photos
from compare.prices.reading import load
from compare.run import JobRecord
from core.job import Artifact, Job, Rendition, Source
from core.recipes import load as load_recipe
from core.trace import TraceEntry
from core.workflow.document import from_document
from core.workflow.granularity import GRANULARITIES
from core.workflow.model import Task

WORKFLOWS = {each: from_document(format_1.workflow(each)) for each in format_1.GRANULARITIES}
AWS = [
    Stack("aws", orchestrator, granularity, architecture, memory, region)
    for orchestrator, granularity, architecture, memory, region in product(
        ("standard", "express"), GRANULARITIES, ("arm64", "x86_64"), (512, 3008), ("us-east-1", "eu-west-1")
    )
]
AZURE = [
    Stack("azure", orchestrator, granularity, "x86_64", memory, region)
    for orchestrator, granularity, memory, region in product(
        ("storage", "scheduler"), GRANULARITIES, (2048, 4096), ("eastus2", "westeurope")
    )
]
STACKS = pytest.mark.parametrize(
    "stack", [*AWS, *AZURE], ids=lambda each: "-".join(map(str, vars(each).values()))
)
GB = 1024**3
# One photo of 4,800,000 bytes with six outputs of 60,000: what it counts on any stack of a cloud.
PHOTO = {
    "aws": {
        "aws.eventbridge.s3_events": 1,
        # The claim's row of 1,200 bytes and the record's of 3,300, in KB begun; and the index both times.
        "aws.dynamodb.write_units": 2 + 4 + 2,
        "aws.dynamodb.storage_gb_months": 3_300 / GB,
        "aws.sns.publishes": 1,
        "aws.xray.traces": 1,
    },
    "azure": {},
}
KEPT = 4_800_000 + 6 * 60_000
WORK = 3 * 450_000 * 36 / 730  # three pictures for 36 of 730 hours
STEPWISE_OBJECTS = {
    "put": 1 + 3 + 6,
    "get": 3 + 3,
}  # the upload, renditions and outputs; photo and renditions
FUSED_OBJECTS = {"put": 1 + 6, "get": 1}


def aws(objects: dict[str, int], runs: int, log_bytes: float, **workflow: float) -> dict[str, float]:
    return {
        "aws.lambda.requests": runs,
        "aws.s3.storage_gb_months": (KEPT + WORK * (runs > 1)) / GB,
        "aws.s3.put_requests": objects["put"],
        "aws.s3.get_requests": objects["get"],
        "aws.cloudwatch.log_gb": log_bytes / GB,
    } | {f"aws.stepfunctions.{name}": number for name, number in workflow.items()}


def azure(
    objects: dict[str, int], executions: int, queue: int, table: int, history: int = 0, **durable: int
) -> dict[str, float]:
    stepwise = objects is STEPWISE_OBJECTS
    # Received and delivered; one filter; the others written; the pictures under work/ deleted.
    events = 2 + 1 + (objects["put"] - 1) + 3 * stepwise
    return {
        "azure.eventgrid.operations": events,
        "azure.blob.storage_gb_months": (KEPT + WORK * stepwise) / GB,
        "azure.table.storage_gb_months": (3_300 + 9_000 * history) / GB,
        "azure.functions.flex.executions": executions,
        "azure.blob.write_operations": objects["put"],
        "azure.blob.read_operations": objects["get"],
        "azure.queue.operations": queue,
        "azure.table.operations": table,
        "azure.monitor.log_gb": executions * 1_600 / 1e9,
    } | {f"azure.durable.{name}": number for name, number in durable.items()}


LINES = 3 * (200 + 26)  # three log events of 200 + 26 bytes for each run of a function
BY_STACK = {
    ("standard", "stepwise"): aws(STEPWISE_OBJECTS, 4, 4 * LINES, transitions=10),
    ("standard", "fused"): aws(FUSED_OBJECTS, 1, LINES, transitions=6),
    ("express", "stepwise"): aws(STEPWISE_OBJECTS, 4, 4 * LINES, express_requests=1),
    ("express", "fused"): aws(FUSED_OBJECTS, 1, LINES, express_requests=1),
    # Seven activities, or four, in one episode more, and the start. Durable has six queue operations for each
    # activity, three more and three for the deadline; three table operations each and six more. Beside those,
    # the upload's message and the notification, the claim and the record.
    ("storage", "stepwise"): azure(STEPWISE_OBJECTS, 7 + 8 + 1, 6 * 7 + 6 + 3 + 1, 3 * 7 + 6 + 2, history=7),
    ("storage", "fused"): azure(FUSED_OBJECTS, 4 + 5 + 1, 6 * 4 + 6 + 3 + 1, 3 * 4 + 6 + 2, history=4),
    ("scheduler", "stepwise"): azure(STEPWISE_OBJECTS, 7 + 8 + 1, 4, 2, scheduler_actions=1 + 2 * 7),
    ("scheduler", "fused"): azure(FUSED_OBJECTS, 4 + 5 + 1, 4, 2, scheduler_actions=1 + 2 * 4),
}


def counted(metered: object) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for each in metered:  # type: ignore[attr-defined]
        sums[each.meter] = sums.get(each.meter, Decimal(0)) + each.quantity
    return sums


def record(stack: Stack) -> JobRecord:
    """A photo that went through the whole workflow of the stack, with the gallery's pictures."""
    began = datetime(2026, 1, 5, tzinfo=UTC)

    def at(ms: int) -> str:
        return (began + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds")

    steps = [step.name for step in path(WORKFLOWS[stack.granularity], "succeeded", frozenset()).steps]
    kept = () if stack.granularity == "fused" else tuple(Rendition(name, name, 1, 1) for name in "abc")
    made = (360_000,) if stack.granularity == "fused" else (0, 900_000, 450_000, 360_000)
    trace = tuple(
        TraceEntry(
            name, 1, at(200 + 500 * n), at(600 + 500 * n), False, "one", 1024, 1.0, 1.0, 1.0, 1, made[n]
        )
        for n, name in enumerate(steps)
    )
    artifacts = tuple(Artifact(name, name, "image/jpeg", 1, 1, 60_000) for name in "abcdef")
    job = Job(
        id="0" * 32,
        recipe="gallery",
        source=Source("in", "incoming/a.jpg", "e", 4_800_000),
        execution="x",
        uploaded_at=at(0),
        accepted_at=at(100),
        state="succeeded",
        renditions=kept,
        artifacts=artifacts,
        trace=trace,
    )
    return JobRecord(job.id, "a.jpg", at(0), at(50), "succeeded", at(2500), job)


@STACKS
def test_a_photo_is_estimated_to_count_what_one_that_ran_counts(stack: Stack):
    workflow = WORKFLOWS[stack.granularity]
    month = Month.planned(stack, workflow, load_recipe("gallery"), Photos(Decimal(12), Decimal(0)))
    ran = JobLoad.of(record(stack), workflow)
    assert ran
    # The imagined document is as large as real ones are; the one above is smaller.
    ran = replace(ran, document_bytes=2_800)
    estimated, metered = counted(month.of_photos(1)), counted(meter(stack, [ran]))
    expected = {**PHOTO[stack.cloud], **BY_STACK[stack.orchestrator, stack.granularity]}
    times = {name for name in metered if "gb_seconds" in name}  # how long things take is another matter
    assert {name: float(metered[name]) for name in metered.keys() - times} == pytest.approx(expected)
    assert {name: float(estimated[name]) for name in estimated.keys() - times} == pytest.approx(expected)
    assert times == {name for name in estimated if "gb_seconds" in name}


@STACKS
@pytest.mark.parametrize("images", [0, 1, 100_000, 10_000_000])
def test_every_variant_has_a_bill_in_order(stack: Stack, images: int):
    month = Month.planned(stack, WORKFLOWS[stack.granularity], load_recipe("gallery"), Photos())
    bills = month_bills(month, images, load(), [stack.region])
    low, expected, high = (bills.by_bound[bound] for bound in BOUNDS)
    assert bills.low <= bills.expected <= bills.high
    assert low.total <= expected.total <= high.total
    standing = "aws.cloudwatch.alarms" if stack.cloud == "aws" else "azure.monitor.log_alerts"
    assert standing in {line.meter.name for line in low.lines}
    if not images:
        working = ("stepfunctions", "durable", "storage_gb", "get_requests", "eventgrid")
        assert not [line.meter.name for line in high.lines for word in working if word in line.meter.name]


def test_express_bills_time_instead_of_transitions():
    stack = Stack("aws", "express", "stepwise", "arm64", 1024, "us-east-1")
    ran = JobLoad.of(record(stack), WORKFLOWS[stack.granularity])
    assert ran
    metered = counted(meter(stack, [ran.times(10)]))
    assert "aws.stepfunctions.transitions" not in metered
    assert metered["aws.stepfunctions.express_requests"] == 10
    # accepted at 100 ms, recorded at 2,500 ms, 50 ms more to notify: 2,450 ms, billed as 2,500 at 64 MB
    assert metered["aws.stepfunctions.express_gb_seconds"] == 10 * Decimal("2.5") * 64 / 1024


def test_a_job_that_was_handed_over_is_billed_on_both_machines():
    """It waited six seconds, and ran as any job of a standard machine does."""
    express = Stack("aws", "express", "stepwise", "arm64", 1024, "us-east-1")
    ran = record(express)
    moved = replace(
        ran.job,
        execution="arn:aws:states:us-east-1:1:execution:m:x",
        uploaded_at=(datetime.fromisoformat(ran.job.accepted_at) - timedelta(seconds=6)).isoformat(),
    )
    load = JobLoad.of(replace(ran, job=moved), WORKFLOWS[express.granularity])
    assert load
    metered, alone = counted(meter(express, [load.times(10)])), counted(meter(express, [load]))
    standard = counted(meter(replace(express, orchestrator="standard"), [load.times(10)]))
    assert metered["aws.stepfunctions.transitions"] == standard["aws.stepfunctions.transitions"] > 0
    assert metered["aws.stepfunctions.express_requests"] == 10
    assert metered["aws.stepfunctions.express_gb_seconds"] == 10 * 6 * Decimal(64) / 1024
    assert alone["aws.stepfunctions.transitions"] * 10 == metered["aws.stepfunctions.transitions"]


@pytest.mark.parametrize("orchestrator", ["standard", "express"])
def test_a_log_level_decides_what_an_execution_writes_about_itself(orchestrator: str):
    stack = Stack("aws", orchestrator, "stepwise", "arm64", 1024, "us-east-1")
    good = JobLoad.of(record(stack), WORKFLOWS[stack.granularity])
    assert good
    bad = replace(good, failed=True, steps=(*good.steps[:-1], replace(good.steps[-1], attempts=3)))

    def written(level: str, load: JobLoad) -> float:
        logged, silent = (
            counted(meter(replace(stack, log_level=each), [load.times(10)]))["aws.cloudwatch.log_gb"]
            for each in (level, "none")
        )
        return float((logged - silent) * GB / (10 * (load.document_bytes + 26)))

    states = len(good.path.states)
    assert written("all", good) == pytest.approx(states * EXECUTION_LOG_EVENTS.value)
    assert written("error", good) == 0
    assert written("error", bad) == pytest.approx(2 + 3)  # two retries; the last attempt, and the end
    assert written("", bad) == written("error", bad)


def test_at_warning_azure_keeps_requests_alone():
    stack = Stack("azure", "storage", "stepwise", "x86_64", 2048, "eastus2")
    ran = JobLoad.of(record(stack), WORKFLOWS[stack.granularity])
    assert ran
    all_, requests = (
        counted(meter(replace(stack, log_level=each), [ran]))["azure.monitor.log_gb"]
        for each in ("information", "warning")
    )
    assert requests * 16 == all_ * 15  # without the line for each job


def test_a_step_with_memory_of_its_own_is_billed_by_it():
    stack = Stack("aws", "standard", "stepwise", "arm64", 1024, "us-east-1")
    ran = JobLoad.of(record(stack), WORKFLOWS[stack.granularity])
    assert ran
    own = replace(stack, step_memory_mb=(("resize", 3072),))
    each, with_own = (counted(meter(one, [ran]))["aws.lambda.gb_seconds.arm64"] for one in (stack, own))
    # 100 ms for each of the four steps, one of them with three times the memory
    assert with_own / each == Decimal(6) / 4


def test_the_largest_definition_is_billed_as_64_mb():
    used = step_functions.express_memory_mb(Decimal(DEFINITION_KB.value), Decimal(32), Decimal(2))
    assert step_functions.express_billed_mb(used) == 64


def test_keys_and_redundancy_have_their_own_prices_on_azure():
    stack = Stack("azure", "storage", "stepwise", "x86_64", 2048, "eastus2")
    ran = JobLoad.of(record(stack), WORKFLOWS[stack.granularity])
    assert ran
    usual = counted(meter(stack, [ran]))
    other = counted(meter(replace(stack, redundancy="GZRS", own_key=True), [ran]))
    renamed = {
        "azure.blob.storage_gb_months": "azure.blob.storage_gb_months.gzrs",
        "azure.blob.write_operations": "azure.blob.write_operations.gzrs",
        "azure.table.operations": "azure.table.operations.own_key",
    }
    assert other == {renamed.get(name, name): quantity for name, quantity in usual.items()}
    assert set(other) <= set(load().meters)


def test_soft_delete_keeps_what_was_under_work_on_azure():
    stack = Stack("azure", "storage", "stepwise", "x86_64", 2048, "eastus2", soft_delete_days=73)
    ran = JobLoad.of(record(stack), WORKFLOWS[stack.granularity])
    assert ran
    ran = replace(ran, work_bytes=GB)
    kept, usual = (
        counted(meter(each, [ran]))["azure.blob.storage_gb_months"]
        for each in (stack, replace(stack, soft_delete_days=0))
    )
    assert kept - usual == pytest.approx(Decimal(73 * 24) / 730)


def test_a_key_of_one_s_own_is_billed_by_request():
    stack = Stack("aws", "standard", "stepwise", "arm64", 1024, "us-east-1", own_key=True)
    ran = JobLoad.of(record(stack), WORKFLOWS[stack.granularity])
    assert ran
    assert counted(meter(stack, [ran.times(10)]))["aws.kms.requests"] == 10 * KEY_REQUESTS.value


def test_a_scheduler_counts_actions_instead_of_storage_operations():
    storage = Stack("azure", "storage", "stepwise", "x86_64", 2048, "eastus2")
    ran = JobLoad.of(record(storage), WORKFLOWS[storage.granularity])
    assert ran
    kept, scheduled = (
        counted(meter(replace(storage, orchestrator=each), [ran.times(10)]))
        for each in ("storage", "scheduler")
    )
    activities = sum(isinstance(state, Task) for state in ran.path.states)
    assert activities == 7
    assert "azure.durable.scheduler_actions" not in kept
    assert scheduled["azure.durable.scheduler_actions"] == 10 * (1 + 2 * activities)
    # what is left: the upload's message and the notification, the claim and the record
    assert scheduled["azure.queue.operations"] == 10 * 4
    assert scheduled["azure.table.operations"] == 10 * 2
    assert scheduled["azure.functions.flex.executions"] == kept["azure.functions.flex.executions"]


def test_a_retry_waits_for_a_timer():
    stack = Stack("azure", "storage", "stepwise", "x86_64", 2048, "eastus2")
    ran = JobLoad.of(record(stack), WORKFLOWS[stack.granularity])
    assert ran
    again = replace(ran, steps=(*ran.steps[:-1], replace(ran.steps[-1], attempts=2)))
    once, twice = counted(meter(stack, [ran])), counted(meter(stack, [again]))
    # one activity more, and one timer: an episode each
    assert twice["azure.queue.operations"] - once["azure.queue.operations"] == 6 + 3
    assert twice["azure.table.operations"] - once["azure.table.operations"] == 3 + 3
    assert twice["azure.functions.flex.executions"] - once["azure.functions.flex.executions"] == 1 + 2


ASSUMPTIONS = {
    name: each for name, each in vars(assumptions).items() if isinstance(each, assumptions.Assumption)
}


PLANNED = {name for name, each in ASSUMPTIONS.items() if each in assumptions.PLANNED}

WITHOUT_EFFECT = {("GAP_MS", "standard"), ("RENDITION_BYTES", "fused")}


@pytest.fixture
def forget() -> Iterator[Callable[[], None]]:
    """Forget what was worked out of an assumption, and do so in the end."""
    yield express._billed_mb.cache_clear
    express._billed_mb.cache_clear()


@pytest.mark.parametrize("name", ASSUMPTIONS)
@pytest.mark.parametrize(
    "stack",
    # Where it runs, on what and in how much memory, changes prices and quantities, but not what is assumed.
    [
        *{(each.orchestrator, each.granularity): each for each in (*AWS, *AZURE)}.values(),
        replace(AWS[0], log_level="all"),
        replace(AZURE[0], log_level="warning"),
        replace(AWS[0], own_key=True),
        replace(AZURE[0], own_key=True, soft_delete_days=7),
    ],
    ids=lambda each: "-".join(
        (each.orchestrator, each.granularity, each.log_level or "default", *("own-key",) * each.own_key)
    ),
)
def test_what_is_listed_as_assumed_of_a_stack_is_what_its_bill_depends_on(
    stack: Stack, name: str, forget: Callable[[], None], monkeypatch: pytest.MonkeyPatch
):
    job = record(stack)
    cold = replace(job.job, trace=tuple(replace(each, cold=True, compute_ms=400) for each in job.job.trace))
    load = JobLoad.of(replace(job, job=cold), WORKFLOWS[stack.granularity])
    assert load

    def measured() -> list[dict[str, Decimal]]:
        month = Month.measured(stack, WORKFLOWS[stack.granularity], [load])
        return [counted(month.usage(100_000_000, bound)) for bound in BOUNDS]

    def planned() -> list[dict[str, Decimal]]:
        recipe = load_recipe("gallery")
        month = Month.planned(
            stack, WORKFLOWS[stack.granularity], recipe, Photos(Decimal(12), Decimal("0.5"))
        )
        return [counted(month.usage(100_000_000, bound)) for bound in BOUNDS]

    usages = [measured] if name not in PLANNED else [measured, planned]
    before, listed, assumption = [usage() for usage in usages], assumed([stack]), ASSUMPTIONS[name]
    figures = {each: getattr(assumption, each) for each in ("value", "low", "high")}
    figures = {each: figure and figure * 5_000 for each, figure in figures.items()}
    monkeypatch.setattr(assumptions, name, replace(assumption, **figures))
    forget()
    after = [usage() for usage in usages]
    assert (assumption in listed) == (after[0] != before[0])
    if name in PLANNED and not {(name, stack.orchestrator), (name, stack.granularity)} & WITHOUT_EFFECT:
        assert after[1] != before[1]
