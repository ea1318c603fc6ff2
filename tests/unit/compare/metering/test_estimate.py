from dataclasses import replace
from decimal import Decimal

import pytest

from compare import format_1
from compare.cost.bill import price
from compare.metering import Stack
from compare.metering.estimate import estimate, scenarios
from compare.prices.reading import load
from core.recipes import load as load_recipe
from core.workflow.document import from_document
from core.workflow.model import Step, Task

WORKFLOWS = {each: from_document(format_1.workflow(each)) for each in format_1.GRANULARITIES}
AWS = Stack("aws", "standard", "stepwise", "arm64", 1024, "us-east-1")
AZURE = Stack("azure", "storage", "stepwise", "x86_64", 2048, "eastus2")
MONTH = scenarios(100_000, Decimal(12), Decimal("0.01"))


def quantities(stack: Stack, name: str = "expected", recipe: str = "gallery") -> dict[str, Decimal]:
    counted: dict[str, Decimal] = {}
    for each in estimate(stack, WORKFLOWS[stack.granularity], load_recipe(recipe), MONTH[name]):
        counted[each.meter] = counted.get(each.meter, Decimal(0)) + each.quantity
    return counted


def test_counts_follow_from_the_workflow_and_the_recipe():
    counted = quantities(AWS)
    assert counted["aws.lambda.requests"] == 400_000
    assert counted["aws.stepfunctions.transitions"] == 1_000_000
    # one upload, three renditions, six artifacts; the photo is read three times, each rendition once
    assert counted["aws.s3.put_requests"] == 1_000_000
    assert counted["aws.s3.get_requests"] == 600_000


def test_nobody_gets_an_e_mail_for_a_photo_that_succeeds():
    assert "aws.sns.deliveries.email" not in quantities(replace(AWS, email=True))


def test_less_memory_means_slower_and_not_cheaper_steps():
    whole, half = quantities(replace(AWS, memory_mb=1769)), quantities(replace(AWS, memory_mb=885))
    assert half["aws.lambda.gb_seconds.arm64"] == pytest.approx(
        whole["aws.lambda.gb_seconds.arm64"], rel=Decimal("0.25")
    )
    more = quantities(replace(AWS, memory_mb=3538))
    assert more["aws.lambda.gb_seconds.arm64"] > Decimal("1.9") * whole["aws.lambda.gb_seconds.arm64"]


@pytest.mark.parametrize("stack", [AWS, AZURE])
def test_low_expected_and_high_are_in_order(stack: Stack):
    book, recipe = load(), load_recipe("gallery")
    bills = [
        price(estimate(stack, WORKFLOWS["stepwise"], recipe, MONTH[name]), book, [stack.region])
        for name in ("low", "expected", "high")
    ]
    assert bills[0].low <= bills[1].total <= bills[2].high
    assert 0 < bills[0].low < bills[2].high


def test_waiting_instances_poll():
    waiting = quantities(AZURE)["azure.queue.operations"] - quantities(AZURE, "low")["azure.queue.operations"]
    # 730 hours at most, five queues of Durable and one of uploads, every two seconds
    assert waiting == 730 * 1800 * 6


def test_cold_starts_cost():
    warm = scenarios(1000, Decimal(12), Decimal(0))["expected"]
    cold = scenarios(1000, Decimal(12), Decimal(1))["expected"]
    recipe = load_recipe("gallery")

    def gb_seconds(month: object) -> Decimal:
        counted = {each.meter: each.quantity for each in estimate(AWS, WORKFLOWS["stepwise"], recipe, month)}  # type: ignore[arg-type]
        return counted["aws.lambda.gb_seconds.arm64"]

    assert gb_seconds(cold) - gb_seconds(warm) == 1000 * 4 * Decimal("0.5")


def test_three_months_bound_what_is_not_known():
    low, expected, high = scenarios(6_000, Decimal(12), Decimal("0.01")).values()
    # An instance lives on for a minute after each photo, or for all 730 hours of the month.
    assert [each.live_hours for each in (low, expected, high)] == [0, 100, 730]
    assert [each.pace for each in (low, expected, high)] == [Decimal("0.5"), 1, 2]
    assert [each.gap_ms for each in (low, expected, high)] == [0, 100, 100]
    assert scenarios(1_000_000, Decimal(12), Decimal(0))["expected"].live_hours == 730


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
    assert [quantities(stack, each)["aws.lambda.gb_seconds.arm64"] for each in MONTH] == [low, expected, high]


def test_a_step_that_nobody_measured_takes_as_long_as_most():
    """150 + 12 x 3 ms of a vCPU and, in one of five steps, three store calls."""
    strange = Task("moderate", Step("moderate", frozenset(), frozenset()))
    longer = replace(WORKFLOWS["stepwise"], states=(*WORKFLOWS["stepwise"].states, strange))
    recipe = load_recipe("gallery")
    one = scenarios(1, Decimal(12), Decimal(0))["expected"]
    at_one_vcpu = replace(AWS, memory_mb=1769)
    counted = {each.meter: each.quantity for each in estimate(at_one_vcpu, longer, recipe, one)}
    billed_ms = (29 + 90) + (126 + 90) + (146 + 90) + (172 + 90) + (186 + 90)
    assert counted["aws.lambda.gb_seconds.arm64"] == Decimal(billed_ms) / 1000 * 1769 / 1024


def test_an_express_workflow_is_billed_from_its_start_to_its_notification():
    """Between two steps lie 100 ms, but not in the low month: 667, 1,535 and 2,473 ms in all."""
    express = replace(AWS, orchestrator="express")
    meter = "aws.stepfunctions.express_gb_seconds"
    billed = [quantities(express, each)[meter] for each in MONTH]
    assert billed == [100_000 * ms * Decimal(64) / 1024 / 1000 for ms in (700, 1_600, 2_500)]


def test_an_azure_instance_is_billed_a_second_for_each_piece_of_work():
    """At 2 GB: a photo in one piece, or in five, between which messages travel; fused, in three."""
    meter = "azure.functions.flex.gb_seconds"
    assert [quantities(AZURE, each)[meter] for each in MONTH] == [200_000, 1_000_000, 1_000_000]
    fused = replace(AZURE, granularity="fused")
    # In the high month the one step takes 992 ms, and 50 ms of the orchestrator follow: 1.1 s.
    assert [quantities(fused, each)[meter] for each in MONTH] == [200_000, 600_000, 620_000]


def test_e_mails_are_for_failures_alone():
    month, recipe = MONTH["high"], load_recipe("gallery")
    listening = replace(AWS, email=True)
    counted = {each.meter for each in estimate(listening, WORKFLOWS["stepwise"], recipe, month)}
    assert "aws.sns.publishes" in counted
    assert "aws.sns.deliveries.email" not in counted


def test_photos_are_kept_by_their_size():
    counted = quantities(AWS)
    # 12 megapixels at 400,000 bytes and six outputs of 150,000 bytes
    assert counted["aws.s3.storage_gb_months"] == Decimal(100_000 * 5_700_000) / 1024**3
    assert counted["aws.dynamodb.storage_gb_months"] == Decimal(100_000 * 3_300) / 1024**3
