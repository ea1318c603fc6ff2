from dataclasses import replace
from decimal import Decimal

import pytest

from compare import format_1
from compare.billing.spans import merged
from compare.clock import milliseconds
from compare.metering import JobLoad, Stack, meter, scaled
from compare.metering.assumptions import INIT_MS
from compare.prices.reading import load
from compare.run import JobRecord
from core.job import Artifact, Job, Photo, Problem, Rendition, Review, Source
from core.trace import TraceEntry
from core.workflow.document import from_document

AWS = Stack("aws", "standard", "stepwise", "arm64", 1024, "us-east-1")
AZURE = Stack("azure", "storage", "stepwise", "x86_64", 2048, "eastus2")
STEPWISE = from_document(format_1.workflow("stepwise"))
STEPS = {"validate": (200, 300), "resize": (400, 700), "apply_filters": (450, 900), "optimize": (1000, 1400)}


def at(ms: int) -> str:
    return f"2026-01-05T12:00:{ms // 1000:02}.{ms % 1000:03}Z"


def entry(step: str, began: int, ended: int, *, attempt: int = 1, cold: bool = False) -> TraceEntry:
    return TraceEntry(step, attempt, at(began), at(ended), cold, "one", 1024, 1.0, 1.0, 1.0, 10, 10)


def record(state: str = "succeeded", steps: tuple[str, ...] = tuple(STEPS), **changes: object) -> JobRecord:
    """A job of one photo: three renditions, six artifacts of 1,000 bytes."""
    whole = state == "succeeded"
    job = Job(
        id="0" * 32,
        recipe="gallery",
        source=Source("in", "incoming/a.jpg", "e", 4000),
        execution="x",
        uploaded_at=at(0),
        accepted_at=at(100),
        state=state,
        renditions=tuple(Rendition(name, name, 1, 1) for name in "abc") if whole else (),
        artifacts=tuple(Artifact(name, name, "image/jpeg", 1, 1, 1000) for name in "abcdef") if whole else (),
        trace=tuple(entry(step, *STEPS[step]) for step in steps),
    )
    job = replace(job, **changes)  # type: ignore[arg-type]
    return JobRecord(job.id, "a.jpg", at(0), at(50), state, at(1600), job)  # type: ignore[arg-type]


def quantities(stack: Stack, *records: JobRecord) -> dict[str, Decimal]:
    loads = [load for load in (JobLoad.of(each, STEPWISE) for each in records) if load]
    sums: dict[str, Decimal] = {}
    for each in meter(stack, loads):
        sums[each.meter] = sums.get(each.meter, Decimal(0)) + each.quantity
    return sums


def test_a_succeeded_job_on_aws():
    counted = quantities(AWS, record())
    assert counted["aws.lambda.requests"] == 4
    # 100 + 300 + 450 + 400 ms at 1 GB
    assert counted["aws.lambda.gb_seconds.arm64"] == Decimal("1.25")
    assert counted["aws.stepfunctions.transitions"] == 10
    assert counted["aws.s3.put_requests"] == 1 + 3 + 6
    assert counted["aws.s3.get_requests"] == 3 + 3
    assert counted["aws.s3.storage_gb_months"] == Decimal(10_000) / 1024**3
    assert counted["aws.eventbridge.s3_events"] == 1
    assert counted["aws.sns.publishes"] == 1
    assert counted["aws.xray.traces"] == 1
    # a claim of 1.2 KB and a record of its whole row
    row = 500 + JobLoad.of(record(), STEPWISE).document_bytes  # type: ignore[union-attr]
    # The row when it is claimed and when it is recorded, and the index of open jobs both times.
    assert counted["aws.dynamodb.write_units"] == 2 + -(-row // 1024) + 2
    assert set(counted) <= set(load().meters)


def test_a_cold_step_bills_its_init():
    trace = tuple(entry(step, *STEPS[step], cold=step == "validate") for step in STEPS)
    warm, cold = quantities(AWS, record()), quantities(AWS, record(trace=trace))
    more = cold["aws.lambda.gb_seconds.arm64"] - warm["aws.lambda.gb_seconds.arm64"]
    assert more == Decimal(INIT_MS.value) / 1000


def test_retries_are_billed_as_runs_and_transitions():
    trace = tuple(entry(step, *STEPS[step], attempt=3 if step == "optimize" else 1) for step in STEPS)
    counted = quantities(AWS, record(trace=trace))
    assert counted["aws.lambda.requests"] == 6
    assert counted["aws.lambda.gb_seconds.arm64"] == Decimal("2.05")
    assert counted["aws.stepfunctions.transitions"] == 12


@pytest.mark.parametrize(("error", "runs"), [("StoreUnavailable", 3), ("ObjectMissing", 1)])
def test_a_step_that_never_finished_was_tried_as_its_error_allows(error: str, runs: int):
    failed = record("failed", ("validate",), error=Problem(error, "gone"))
    counted = quantities(AWS, failed)
    # both branches were entered; neither left a trace
    assert counted["aws.lambda.requests"] == 1 + 2 * runs
    assert counted["aws.stepfunctions.transitions"] == 9 + 2 * (runs - 1)


def test_a_rejected_job_runs_one_step_and_notifies():
    counted = quantities(AWS, record("rejected", ("validate",)))
    assert counted["aws.lambda.requests"] == 1
    assert counted["aws.stepfunctions.transitions"] == 6
    assert counted["aws.s3.get_requests"] == 1
    assert counted["aws.s3.put_requests"] == 1
    assert counted["aws.sns.publishes"] == 1


def test_a_photo_that_a_gate_passed_was_rejected_by_the_steps_behind_it():
    photo = Photo("jpeg", 10, 10, 1)
    damaged = Problem("DamagedPhoto", "It ends too early.")
    broken = quantities(AWS, record("rejected", ("validate",), photo=photo, error=damaged))
    assert broken["aws.lambda.requests"] == 3
    assert broken["aws.stepfunctions.transitions"] == 9


def test_a_trace_says_which_gate_rejected():
    gate = replace(entry("validate", *STEPS["validate"]), rejected=True)
    turned_away = record("rejected", (), photo=Photo("jpeg", 10, 10, 1), trace=(gate,))
    assert quantities(AWS, turned_away)["aws.lambda.requests"] == 1


def test_e_mails_are_for_failed_jobs_where_someone_listens():
    failed = record("failed", ("validate",), error=Problem("ObjectMissing", "gone"))
    listening = replace(AWS, email=True)
    assert "aws.sns.deliveries.email" not in quantities(AWS, failed)
    assert quantities(listening, failed)["aws.sns.deliveries.email"] == 1
    assert "aws.sns.deliveries.email" not in quantities(listening, record())


def test_a_succeeded_job_on_azure():
    counted = quantities(AZURE, record())
    # seven activities in eight episodes, and the start
    assert counted["azure.functions.flex.executions"] == 7 + 8 + 1
    # Durable's, with the timer of the deadline; the upload's message; the notification
    assert counted["azure.queue.operations"] == (6 * 7 + 3 + 3) + 3 + 1
    assert counted["azure.table.operations"] == (3 * 7 + 6) + 2
    assert counted["azure.eventgrid.operations"] == 2 + 1 + 9 + 3  # one filter, nine written, three deleted
    assert counted["azure.blob.write_operations"] == 10
    assert counted["azure.blob.read_operations"] == 6
    assert counted["azure.monitor.log_gb"] == Decimal("0.0000256")
    assert counted["azure.blob.storage_gb_months"] == Decimal(10_000) / 1024**3
    row = 500 + JobLoad.of(record(), STEPWISE).document_bytes  # type: ignore[union-attr]
    assert counted["azure.table.storage_gb_months"] == Decimal(row + 7 * 9_000) / 1024**3
    # The starter, 50-100, for a second. The rest at 100-350, 400-950 and 1000-1450 is one period of 1,350 ms,
    # billed until 1500; record and notify, 1550-1650, are another.
    assert counted["azure.functions.flex.gb_seconds"] == 2 * Decimal("1.0") + 2 * (Decimal("1.4") + 1)
    assert set(counted) <= set(load().meters)


def test_jobs_side_by_side_share_an_instance():
    alone, together = quantities(AZURE, record()), quantities(AZURE, *[record()] * 10)
    assert together["azure.functions.flex.gb_seconds"] == alone["azure.functions.flex.gb_seconds"]
    assert together["azure.functions.flex.executions"] == 10 * alone["azure.functions.flex.executions"]
    apart = JobLoad.of(record(), STEPWISE)
    assert apart
    assert {each.meter: each.quantity for each in meter(AZURE, [apart.times(10)])}[
        "azure.functions.flex.gb_seconds"
    ] == 10 * alone["azure.functions.flex.gb_seconds"]


def test_a_lost_upload_has_no_load():
    lost = replace(record(), state="lost", job=None)
    assert JobLoad.of(lost, STEPWISE) is None
    assert JobLoad.of(replace(record(), recorded_at=None), STEPWISE) is None


def test_a_month_is_the_measured_jobs_so_many_times_over():
    loads = [JobLoad.of(record(), STEPWISE)]
    (first, *_) = scaled(meter(AWS, [load for load in loads if load]), Decimal(1000))
    assert (first.meter, first.quantity) == ("aws.lambda.requests", 4000)
    assert first.formula.endswith("x 1,000")


@pytest.mark.parametrize(
    ("factor", "text"),
    [("2000000", "2,000,000"), ("1", "1"), ("3333.333333333", "3,333.33"), ("0.5", "0.5")],
)
def test_a_factor_is_whole_or_has_six_digits(factor: str, text: str):
    loads = [JobLoad.of(record(), STEPWISE)]
    (first, *_) = scaled(meter(AWS, [load for load in loads if load]), Decimal(factor))
    assert first.formula.endswith(f") x {text}")
    assert first.quantity == 4 * Decimal(factor)


def test_kinds_of_jobs_add_up():
    """Of every kind so many: no sum of theirs forgets how many there are."""
    ran, failed = record(), record("failed", ("validate",), error=Problem("StoreUnavailable", "gone"))
    for stack in (replace(AWS, email=True), replace(AWS, orchestrator="express"), AZURE):
        loads = [load for load in (JobLoad.of(each, STEPWISE) for each in (ran, failed)) if load]
        apart = [{each.meter: each.quantity for each in meter(stack, [load.times(1)])} for load in loads]
        together = meter(stack, [loads[0].times(3), loads[1].times(5)])
        sums: dict[str, Decimal] = {}
        for each in together:
            sums[each.meter] = sums.get(each.meter, Decimal(0)) + each.quantity
        parts = {
            each.meter: sum(
                (
                    count * reading.quantity
                    for count, load in zip((3, 5), loads, strict=True)
                    for reading in meter(stack, [load.times(1)])
                    if reading.meter == each.meter
                ),
                Decimal(0),
            )
            for each in together
        }
        assert {name: float(value) for name, value in sums.items()} == pytest.approx(
            {name: float(value) for name, value in parts.items()}
        )
        assert apart[0].keys() | apart[1].keys() == sums.keys()


def test_many_jobs_are_metered_quickly():
    one = JobLoad.of(record(), STEPWISE)
    assert one
    counted = {each.meter: each.quantity for each in meter(AWS, [one] * 50_000)}
    assert counted["aws.lambda.requests"] == 200_000


def test_a_stack_is_known_from_its_run(make_head):
    run = make_head("azure-local", ["a.jpg"])
    stack = Stack.of(run)
    assert (stack.cloud, stack.memory_mb, stack.region) == (run.cloud, run.memory_mb, run.region)
    assert not stack.email


def test_periods_of_work():
    assert merged([(5, 7), (0, 2), (1, 3), (3, 4), (10, 10)]) == [(0, 4), (5, 7), (10, 10)]
    assert merged([]) == []
    assert milliseconds(at(1500)) - milliseconds(at(0)) == 1500


def added(stack: Stack) -> dict[str, Decimal]:
    """What a person's decision adds to the usage of a job."""
    review = Review(at(300), at(1300), "approved", "", at(350))
    plain, reviewed = (quantities(stack, record(review=each, flags=("always",))) for each in (None, review))
    return {name: each - plain.get(name, 0) for name, each in reviewed.items() if each != plain.get(name)}


def test_a_decision_adds_states_writes_and_a_question_on_aws():
    found = added(AWS)
    assert (found["aws.lambda.requests"], found["aws.sns.publishes"]) == (
        1 + 2,
        1,
    )  # asked, shown, decided
    assert found["aws.s3.get_requests"] == 1
    assert found["aws.stepfunctions.transitions"] == 4  # ask, wait, settle, decided
    row = JobLoad.of(record(flags=("always",)), STEPWISE).document_bytes + 500  # type: ignore[union-attr]
    assert found["aws.dynamodb.write_units"] >= 4 * -(-row // 1024) + 3 * 2
    assert "aws.sns.deliveries.email" not in found
    assert added(replace(AWS, email=True))["aws.sns.deliveries.email"] == 1


def test_a_decision_adds_operations_and_a_call_on_a_durable_function():
    found = added(replace(AWS, orchestrator="durable"))
    assert (
        found["aws.lambda.durable_operations"] == 3 + 1
    )  # ask, keep the callback's id, settle; the callback
    assert found["aws.lambda.requests"] == 2 + 1  # shown, decided; the call that goes on
    assert found["aws.lambda.durable_written_gb"] > 0
    assert "aws.stepfunctions.transitions" not in found
    assert {name: found[name] for name in ("aws.sns.publishes", "aws.s3.get_requests")} == {
        "aws.sns.publishes": 1,
        "aws.s3.get_requests": 1,
    }
    assert found["aws.dynamodb.write_units"] == added(AWS)["aws.dynamodb.write_units"]


def test_a_decision_adds_activities_an_event_and_timers_on_azure():
    found = added(AZURE)
    assert found["azure.functions.flex.executions"] == 2 + (2 + 1) + 1 + 2  # episodes, decided, page
    # Two activities, two timers, the event; the question, and the decision's message.
    assert found["azure.queue.operations"] == 6 * 2 + 3 * 2 + 3 + 1 + 3
    assert found["azure.table.operations"] == 3 * (2 + 1) + 3
    # The function that is told of decisions, and the page twice, a second each: waiting takes no instance.
    assert found["azure.functions.flex.gb_seconds"] == 2 * 3
    scheduled = added(replace(AZURE, orchestrator="scheduler"))
    assert scheduled["azure.durable.scheduler_actions"] == 2 * 2 + 1 + 2
