"""What photos by the front door cost besides: counted calls, by the deployed sizes."""

from dataclasses import replace
from decimal import Decimal

import pytest

from compare.metering import front_door
from compare.metering.assumptions import BOUNDS, FRONT_DOOR
from compare.metering.clouds import assumed, cloud_of
from compare.metering.front_door import Counted
from compare.metering.stack import Stack
from components.aws.front_door import MEMORY_MB
from components.azure.front_door import CONCURRENCY

AWS = Stack("aws", "standard", "stepwise", "arm64", 1024, "us-east-1", front_door=True)
AZURE = Stack("azure", "storage", "stepwise", "x86_64", 2048, "eastus2", front_door=True)


def usage(stack, images, bound="expected", counted=None):
    return {each.meter: each.quantity for each in cloud_of(stack).entering(stack, images, bound, counted)}


def test_the_sizes_are_those_that_are_deployed():
    assert front_door.LAMBDA_MB == MEMORY_MB
    assert front_door.CONCURRENCY == CONCURRENCY


def test_a_photo_on_aws_takes_a_call_to_ask_and_some_to_follow():
    found = usage(AWS, 1000)

    assert found["aws.apigateway.http_requests"] == found["aws.lambda.requests"] == 6000
    assert found["aws.lambda.gb_seconds.arm64"] == (6000 * Decimal("0.040") + 5000) / 4
    assert found["aws.dynamodb.write_units"] == 2000 + 5000 * 2
    assert found["aws.dynamodb.read_units"] == 6000 + 6000 + 5000
    assert found["aws.s3.get_requests"] == 2000


def test_on_azure_a_call_is_billed_a_second_unless_others_share_it():
    found, shared = usage(AZURE, 1000), usage(AZURE, 1000, "low")

    assert found["azure.functions.flex.executions"] == 6000
    assert found["azure.functions.flex.gb_seconds"] == 6000 * 2
    assert shared["azure.functions.flex.gb_seconds"] == 3000 * 2 / Decimal(16)
    assert found["azure.table.operations"] == 2000 + 6000 + 2 * (6000 + 5000)


@pytest.mark.parametrize("stack", [AWS, AZURE])
def test_its_bounds_are_in_order_and_it_costs_nothing_without_photos(stack):
    low, expected, high = (usage(stack, 1000, bound) for bound in BOUNDS)

    assert all(low[meter] <= expected[meter] <= high[meter] for meter in expected)
    assert usage(stack, 0) == {}


@pytest.mark.parametrize("stack", [AWS, AZURE])
def test_what_it_assumes_is_listed_with_it_alone(stack):
    assert set(FRONT_DOOR) <= set(assumed([stack]))
    assert not set(FRONT_DOOR) & set(assumed([replace(stack, front_door=False)]))


def test_a_run_through_the_api_counts_its_calls_itself():
    counted = Counted(photos=10, calls=40, open_ms=31_600)
    # Four calls a photo, open for 3.16 s: 3 s of waiting, and 40 ms for each call as assumed.
    found, azure = usage(AWS, 1000, counted=counted), usage(AZURE, 1000, counted=counted)

    assert found["aws.apigateway.http_requests"] == 4000
    assert found["aws.lambda.gb_seconds.arm64"] == 3160 / Decimal(4)
    assert found["aws.dynamodb.read_units"] == 4000 + 4000 + 3000
    assert azure["azure.functions.flex.executions"] == 4000
