from dataclasses import replace
from decimal import Decimal

import pytest

from compare.billing.reading import MeterReading
from compare.cost.bill import price
from compare.cost.bills import Bills
from compare.cost.break_even import Curve
from compare.cost.verdict import Candidate, answers
from compare.metering import Stack
from compare.metering.assumptions import BOUNDS
from compare.prices.reading import load

TRANSITIONS = "aws.stepfunctions.transitions"
OPERATIONS = "azure.eventgrid.operations"
ACTIONS = "azure.durable.scheduler_actions"
STACKS = {
    TRANSITIONS: Stack("aws", "standard", "stepwise", "arm64", 1024, "us-east-1"),
    OPERATIONS: Stack("azure", "storage", "stepwise", "x86_64", 2048, "eastus2"),
    ACTIONS: Stack("azure", "scheduler", "stepwise", "x86_64", 2048, "eastus2"),
}


def curve(meter: str, *each: Decimal | int) -> Curve:
    """Bills of a month whose photos use so much of a meter each, at the three bounds."""

    def bills(images: int) -> Bills:
        used = [MeterReading(meter, Decimal(images * number), "") for number in each]
        return Bills({bound: price([one], load()) for bound, one in zip(BOUNDS, used, strict=True)})

    return bills


def candidate(label: str, meter: str, *each: Decimal | int, granularity: str = "stepwise") -> Candidate:
    return Candidate(label, replace(STACKS[meter], granularity=granularity), curve(meter, *each))


def said(*candidates: Candidate, images: int = 100_000) -> dict[str, str]:
    return {each.name: each.answer for each in answers(candidates, images, "")}


AWS = candidate("aws", TRANSITIONS, 1, 1, 1)  # $2.40 for 100,000 photos


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (
            candidate("azure", OPERATIONS, 50, 60, 70),
            "aws, whatever is assumed: $2.40 a month, against $3.54 ($2.94 to $4.14) for azure. "
            "Most of the difference is in messages and tables: $0.00 against $3.54.",
        ),
        (
            candidate("azure", OPERATIONS, 30, 60, 70),
            "No difference can be claimed: aws most likely costs $2.40 a month and azure $3.54 ($1.74 to "
            "$4.14), but their ranges overlap. Most of the difference is in messages and tables: $0.00 "
            "against $3.54.",
        ),
    ],
)
def test_the_cheaper_cloud_is_named_as_far_as_it_can_be_claimed(other: Candidate, found: str):
    assert said(AWS, other)["cheapest"] == found


def test_what_is_not_known_of_a_cloud_applies_to_both_of_its_stacks():
    wide = candidate("wide", TRANSITIONS, 1, 2, 3)
    lower = candidate("lower", TRANSITIONS, 0, 1, 2)
    assert said(wide, lower)["cheapest"].startswith("lower, whatever is assumed: ")


def test_the_other_cloud_comes_first_and_close_ones_are_named():
    fused = candidate("fused", TRANSITIONS, 1, 1, 1, granularity="fused")
    dear = candidate("azure", OPERATIONS, 50, 60, 70)
    found = said(AWS, fused, dear)["cheapest"]
    assert " for azure." in found
    assert found.endswith("Too close to aws to tell apart: fused.")


def test_one_stack_has_a_bill_and_no_rival():
    assert said(AWS) == {
        "cheapest": "aws: $2.40 a month.",
        "largest": "aws: Step Functions Standard state transitions, 100 % ($2.40).",
    }


def test_what_fused_saves_is_bounded_by_the_cases():
    stepwise = candidate("stepwise", TRANSITIONS, 2, 4, 9)
    fused = candidate("fused", TRANSITIONS, 1, 2, 3, granularity="fused")
    assert said(stepwise, fused)["fused"] == (
        "fused costs $5.00 a month less than stepwise (51 %; $2.50 to $15.00)."
    )
    assert (
        "$5.00 a month more than"
        in said(replace(fused, stack=stepwise.stack), replace(stepwise, stack=fused.stack))["fused"]
    )


def test_the_places_are_those_of_the_best_of_each_cloud():
    azure = candidate("azure", OPERATIONS, 30, 30, 30)
    assert said(AWS, azure)["places"].startswith("Up to about 5,700 photos a month ($0.04) aws most likely")
    dear = candidate("azure", OPERATIONS, 60, 60, 60)
    assert said(AWS, dear)["places"].startswith("Nowhere from 1,000 to 50 million photos a month: aws most")


def test_nothing_is_most_of_a_free_month():
    assert said(AWS, images=1_000)["largest"] == "aws: nothing, the free tiers cover it."


def test_both_readings_of_a_disputed_price_are_named():
    scheduler = candidate("azure", ACTIONS, 10, 10, 10)
    readings = (
        "azure rests on a price of Durable Task Scheduler actions, Consumption that its vendor states in "
        "two ways: $0.003000 a month by one, $3,000.00 by the other."
    )
    assert readings in said(AWS, scheduler)["cheapest"]
    assert said(scheduler)["cheapest"].endswith(readings)
    assert "two ways" not in said(AWS, candidate("azure", OPERATIONS, 50, 60, 70))["cheapest"]
