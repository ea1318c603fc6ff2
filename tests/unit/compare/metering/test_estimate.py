from dataclasses import replace
from decimal import Decimal

import pytest

from compare.cost.bill import price
from compare.metering import Stack
from compare.metering.estimate import estimate, scenarios
from compare.prices.reading import load
from core.recipes import load as load_recipe
from core.steps import is_gate
from core.workflow.granularity import pipeline_in

AWS = Stack("aws", "standard", "stepwise", "arm64", 1024, "us-east-1")
AZURE = Stack("azure", "storage", "stepwise", "x86_64", 2048, "eastus2")
MONTH = scenarios(100_000, Decimal(12), Decimal("0.01"))


def quantities(stack: Stack, name: str = "expected", recipe: str = "gallery") -> dict[str, Decimal]:
    counted: dict[str, Decimal] = {}
    for each in estimate(stack, load_recipe(recipe), MONTH[name]):
        counted[each.meter] = counted.get(each.meter, Decimal(0)) + each.quantity
    return counted


def test_counts_follow_from_the_workflow_and_the_recipe():
    counted = quantities(AWS)
    steps = pipeline_in("stepwise").steps()
    # each step, a choice behind each gate, the parallel state, the claim and the three states of the end
    gates = sum(map(is_gate, (step.name for step in steps)))
    assert counted["aws.lambda.requests"] == 100_000 * len(steps)
    assert counted["aws.stepfunctions.transitions"] == 100_000 * (len(steps) + gates + 5)
    # one upload, three renditions, six artifacts; a step may read the photo, and one reads each rendition
    reads = sum("input" in step.reads for step in steps)
    assert counted["aws.s3.put_requests"] == 1_000_000
    assert counted["aws.s3.get_requests"] == 100_000 * (reads + 3)


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
        price(estimate(stack, recipe, MONTH[name]), book, [stack.region])
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
        counted = {each.meter: each.quantity for each in estimate(AWS, recipe, month)}  # type: ignore[arg-type]
        return counted["aws.lambda.gb_seconds.arm64"]

    steps = len(pipeline_in("stepwise").steps())
    assert gb_seconds(cold) - gb_seconds(warm) == 1000 * steps * Decimal("0.5")
