from dataclasses import replace
from decimal import Decimal

import pytest

from compare import format_1
from compare.cost.bills import month_bills
from compare.metering import Stack, planned
from compare.metering.assumptions import BOUNDS, Bound
from compare.metering.month import ALL, Month
from compare.metering.planned import Photos
from compare.prices.reading import load
from core.recipes import load as load_recipe
from core.workflow.document import from_document
from core.workflow.model import Step, Task

WORKFLOWS = {each: from_document(format_1.workflow(each)) for each in format_1.GRANULARITIES}
AWS = Stack("aws", "standard", "stepwise", "arm64", 1024, "us-east-1", reconcile_minutes=0)
AZURE = Stack("azure", "storage", "stepwise", "x86_64", 2048, "eastus2", reconcile_minutes=0)
PHOTOS = Photos()
HOURS = 730
LAMBDA = "aws.lambda.gb_seconds.arm64"
FLEX = "azure.functions.flex.gb_seconds"


def quantities(
    stack: Stack, bound: Bound = "expected", images: int = 100_000, age: int = 1, photos: Photos = PHOTOS
) -> dict[str, Decimal]:
    month = Month.planned(stack, WORKFLOWS[stack.granularity], load_recipe("gallery"), photos)
    counted: dict[str, Decimal] = {}
    for each in month.usage(images, bound, age):
        counted[each.meter] = counted.get(each.meter, Decimal(0)) + each.quantity
    return counted


def test_counts_follow_from_the_workflow_and_the_recipe():
    counted = quantities(AWS)
    assert counted["aws.lambda.requests"] == 400_000
    assert counted["aws.stepfunctions.transitions"] == 1_000_000
    # one upload, three renditions, six artifacts; the photo is read three times, each rendition once
    assert counted["aws.s3.put_requests"] == 1_000_000
    assert counted["aws.s3.get_requests"] == 600_000


def test_the_start_and_the_end_may_be_transitions_too():
    meter = "aws.stepfunctions.transitions"
    assert [quantities(AWS, bound)[meter] for bound in BOUNDS] == [1_000_000, 1_000_000, 1_200_000]


def test_nobody_gets_an_e_mail_for_a_photo_that_succeeds():
    counted = quantities(replace(AWS, email=True), "high")
    assert "aws.sns.publishes" in counted
    assert "aws.sns.deliveries.email" not in counted


def test_less_memory_means_slower_and_not_cheaper_steps():
    whole, half, double = (quantities(replace(AWS, memory_mb=memory))[LAMBDA] for memory in (1769, 885, 3538))
    assert half == pytest.approx(whole, rel=Decimal("0.25"))
    assert double > Decimal("1.9") * whole


# Of 12 megapixels at 1,024 of 1,769 MB, with 30 ms for each of 15 store calls: validate 29, resize 126,
# apply_filters 146 and optimize 172 ms of a vCPU take 162 + 330 + 364 + 409 ms. One photo in a hundred meets
# four cold functions of 500 ms each. Fused, 286 ms and seven calls take 704 ms.
@pytest.mark.parametrize(
    ("granularity", "low", "expected", "high"),
    [
        ("stepwise", 63_200 + 2_000, 126_500 + 2_000, 253_300 + 2_000),
        ("fused", 35_200 + 500, 70_400 + 500, 140_800 + 500),
    ],
)
def test_functions_are_billed_for_the_work_of_their_steps(granularity, low, expected, high):
    stack = replace(AWS, granularity=granularity)
    assert [quantities(stack, bound)[LAMBDA] for bound in BOUNDS] == [low, expected, high]


def test_cold_starts_cost():
    warm, cold = (quantities(AWS, photos=Photos(Decimal(12), Decimal(share)))[LAMBDA] for share in (0, 1))
    assert cold - warm == 100_000 * 4 * Decimal("0.5")


def test_a_step_that_nobody_measured_takes_as_long_as_most():
    """150 + 12 x 3 ms of a vCPU and, in one of five steps, three store calls."""
    strange = Task("moderate", Step("moderate", frozenset(), frozenset()))
    longer = replace(WORKFLOWS["stepwise"], states=(*WORKFLOWS["stepwise"].states, strange))
    photos = Photos(Decimal(12), Decimal(0))
    month = Month.planned(replace(AWS, memory_mb=1769), longer, load_recipe("gallery"), photos)
    counted = {each.meter: each.quantity for each in month.of_photos(1)}
    billed_ms = (29 + 90) + (126 + 90) + (146 + 90) + (172 + 90) + (186 + 90)
    assert counted[LAMBDA] == Decimal(billed_ms) / 1000 * 1769 / 1024


def test_an_express_workflow_is_billed_from_its_start_to_its_notification():
    """Between two steps lie 100 ms, but not in the low month: 667, 1,535 and 2,473 ms in all."""
    express, meter = replace(AWS, orchestrator="express"), "aws.stepfunctions.express_gb_seconds"
    billed = [quantities(express, bound)[meter] for bound in BOUNDS]
    assert billed == [100_000 * ms * Decimal(64) / 1024 / 1000 for ms in (700, 1_600, 2_500)]


def test_an_azure_photo_is_billed_its_part_of_a_full_instance_or_a_second_for_each_hop():
    """Of 2 GB: 473 ms at twice the pace, or a second for the starter, six activities and seven episodes."""
    assert quantities(AZURE, "low")[FLEX] == 100_000 * 2 * (14 + 63 + 73 + 86) / Decimal(1000)
    assert quantities(AZURE, "high")[FLEX] == 100_000 * 2 * 14
    fused = replace(AZURE, granularity="fused")
    assert quantities(fused, "low")[FLEX] == 100_000 * 2 * Decimal("0.143")
    assert quantities(fused, "high")[FLEX] == 100_000 * 2 * 10


@pytest.mark.parametrize(
    "stack", [AZURE, replace(AZURE, granularity="fused")], ids=lambda each: each.granularity
)
def test_more_photos_share_more_but_cost_more(stack: Stack):
    volumes = [1, 1_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 10**9]
    for bound in BOUNDS:
        billed = [quantities(stack, bound, volume)[FLEX] for volume in volumes]
        each = [total / volume for total, volume in zip(billed, volumes, strict=True)]
        assert billed == sorted(billed)
        assert each == sorted(each, reverse=True)


def test_at_most_every_photo_of_many_keeps_an_instance_to_itself():
    """A second for the starter, and two from the claim to the notification at half the pace."""
    assert quantities(AZURE, "high", 10**9)[FLEX] == pytest.approx(10**9 * 2 * 3)


def test_many_photos_keep_instances_as_busy_as_they_get():
    """473 ms of a vCPU for each photo, of which 60 % are used."""
    busy = 10**9 * 2 * Decimal("0.473") / Decimal("0.6")
    assert quantities(AZURE, images=10**9)[FLEX] == pytest.approx(busy)


@pytest.mark.parametrize("stack", [AWS, AZURE], ids=lambda each: each.cloud)
def test_low_expected_and_high_are_in_order(stack: Stack):
    month = Month.planned(stack, WORKFLOWS["stepwise"], load_recipe("gallery"), Photos())
    bills = month_bills(month, 100_000, load(), [stack.region])
    assert 0 < bills.low < bills.expected < bills.high


def test_waiting_instances_poll():
    """Six queues, five of them Durable's, every two seconds: a minute after each photo, or all month."""
    low, expected, high = (quantities(AZURE, bound, 6_000)["azure.queue.operations"] for bound in BOUNDS)
    assert expected - low == 100 * 1800 * 6
    # and the scale controller polls Durable's queues every ten seconds
    assert high - low == HOURS * 1800 * 6 + HOURS * 360 * 5
    assert (
        quantities(AZURE, images=10**6)["azure.queue.operations"]
        - quantities(AZURE, "low", 10**6)["azure.queue.operations"]
        == HOURS * 1800 * 6
    )


def test_photos_are_kept_by_their_size():
    # 12 megapixels at 400,000 bytes and six outputs of 60,000 bytes; three pictures of 450,000 for 36 hours
    kept, work = 100_000 * 5_160_000, 100_000 * 1_350_000 * Decimal(36) / HOURS
    assert quantities(AWS)["aws.s3.storage_gb_months"] == pytest.approx((kept + work) / 1024**3)
    assert quantities(AWS)["aws.dynamodb.storage_gb_months"] == Decimal(100_000 * 3_300) / 1024**3


@pytest.mark.parametrize("stack", [AWS, AZURE], ids=lambda each: each.cloud)
def test_what_is_kept_is_billed_again_each_month(stack: Stack):
    first, twelfth = quantities(stack), quantities(stack, age=12)
    more = {name: twelfth[name] - first[name] for name in twelfth if twelfth[name] != first[name]}
    kept = {f"{'aws.s3' if stack is AWS else 'azure.blob'}.storage_gb_months": 11 * 100_000 * 5_160_000}
    # Rows and, on Azure, the history of orchestrations are deleted after a month.
    assert more.keys() == kept.keys()
    assert all(more[name] == pytest.approx(Decimal(kept[name]) / 1024**3) for name in kept)


def test_x_ray_records_a_share_of_many_photos():
    meter = "aws.xray.traces"
    assert quantities(AWS)[meter] == 100_000  # one in 26 seconds
    per_second = Decimal(10**7) / (HOURS * 3600)
    share = (1 + Decimal("0.05") * (per_second - 1)) / per_second
    assert quantities(AWS, images=10**7)[meter] == pytest.approx(10**7 * share, rel=Decimal("0.001"))
    assert quantities(AWS, "low")[meter] == 5_000


def test_a_system_topic_takes_every_event_of_its_account():
    meter = "azure.eventgrid.operations"
    # Received and delivered; one filter, nine more blobs written, three deleted.
    assert [quantities(AZURE, bound)[meter] for bound in BOUNDS] == [200_000, 1_500_000, 1_500_000]


def test_the_reconciler_searches_and_lists():
    every, never = replace(AWS, reconcile_minutes=30), AWS
    runs = Decimal(HOURS * 2) + Decimal(HOURS) / 24
    more = {name: quantities(every)[name] - quantities(never).get(name, 0) for name in quantities(every)}
    assert more["aws.lambda.requests"] == pytest.approx(runs)
    assert more[LAMBDA] == pytest.approx(runs * 256 / 1024)
    # 16 shards at half a unit; daily a scan of 100,000 rows of 3,300 bytes
    scan = Decimal(100_000) * 3_300 / 1024 / 4 / 2
    assert more["aws.dynamodb.read_units"] == pytest.approx(HOURS * 2 * 8 + Decimal(HOURS) / 24 * scan)
    assert more["aws.s3.put_requests"] == pytest.approx(Decimal(HOURS) / 24 * 100)  # 1,000 keys a page

    every, never = replace(AZURE, reconcile_minutes=30), AZURE
    more = {name: quantities(every)[name] - quantities(never)[name] for name in quantities(every)}
    assert more[FLEX] == pytest.approx(runs * 2)
    # 16 partitions asked for open jobs and for expired ones; daily 100 pages; 50 rows deleted at once
    read, deleted = Decimal(HOURS) / 24 * 100, Decimal(100_000) / 50
    assert more["azure.table.operations"] == pytest.approx(runs * 32 + read + deleted)
    assert more["azure.blob.write_operations"] == pytest.approx(Decimal(HOURS) / 24 * 20)
    assert more["azure.blob.read_operations"] == pytest.approx(runs)


def test_a_month_without_photos_has_no_jobs():
    assert quantities(replace(AWS, reconcile_minutes=0), images=0).keys() == {
        "aws.cloudwatch.alarms",
        "aws.cloudwatch.dashboards",
    }


@pytest.mark.parametrize(
    ("stack", "meter"), [(AWS, "aws.cloudfront.requests"), (AZURE, "azure.frontdoor.requests.standard")]
)
def test_results_are_looked_at_as_often_as_is_said_and_only_behind_a_front_door(stack, meter):
    shown = replace(stack, front_door=True, cdn=True)
    assert quantities(shown, photos=Photos(views=3))[meter] == 300_000
    # of two formats of three pictures, 60,000 bytes each
    gigabytes = meter.rpartition(".requests")[0] + ".out_gb"
    assert quantities(shown, photos=Photos(views=3))[gigabytes] == Decimal(300_000 * 60_000) / 1024**3
    assert meter not in quantities(shown, photos=Photos(views=0))
    assert meter not in quantities(stack)


def test_photos_of_a_run_are_looked_at_with_the_bytes_of_their_results():
    shown = replace(AWS, front_door=True, cdn=True)
    workflow = WORKFLOWS["stepwise"]
    month = Month.planned(shown, workflow, load_recipe("gallery"), Photos())
    found = planned.loads(shown, workflow, load_recipe("gallery"), Photos(), "expected")
    assert Month.measured(shown, workflow, found).of_photos(500) == month.of_photos(500)


def batched(orchestrator: str, images: int, items: int) -> dict[str, Decimal]:
    stack = replace(AWS, orchestrator=orchestrator, granularity="fused")
    month = Month.planned(stack, WORKFLOWS["fused"], load_recipe("gallery"), PHOTOS, items)
    counted: dict[str, Decimal] = {}
    for each in month.usage(images):
        counted[each.meter] = counted.get(each.meter, Decimal(0)) + each.quantity
    return counted


def test_photos_of_batches_are_metered_like_others_but_for_their_upload_plus_what_their_batch_adds():
    alone, in_batches = batched("standard", 5000, 0), batched("standard", 5000, ALL)
    more = {name: in_batches.get(name, 0) - alone.get(name, 0) for name in in_batches | alone}
    assert {name: quantity for name, quantity in more.items() if quantity} == {
        "aws.eventbridge.s3_events": -5000,
        "aws.s3.storage_gb_months": -Decimal(5000 * 4_800_000) / 1024**3,
        "aws.stepfunctions.transitions": 5,
        "aws.s3.put_requests": 4 - 5000,
        "aws.s3.get_requests": 2,
        "aws.dynamodb.read_units": 5000,
    }


@pytest.mark.parametrize("orchestrator", ["express", "durable"])
def test_items_are_standard_executions_whatever_runs_the_stack_s_uploads(orchestrator):
    meter = "aws.stepfunctions.transitions"
    assert batched(orchestrator, 5000, ALL)[meter] == batched("standard", 5000, ALL)[meter]
    mixed, uploads = batched(orchestrator, 7000, 5000), batched(orchestrator, 2000, 0)
    assert mixed[meter] - uploads.get(meter, 0) == batched("standard", 5000, ALL)[meter]
    own = {"express": "aws.stepfunctions.express_requests", "durable": "aws.lambda.durable_operations"}
    assert mixed[own[orchestrator]] == uploads[own[orchestrator]] > 0
