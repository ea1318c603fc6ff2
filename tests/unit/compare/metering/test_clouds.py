from dataclasses import replace
from decimal import Decimal

import pytest

from compare.errors import UnknownCloud
from compare.metering import Stack, assumed, meter, standing_usage
from compare.metering.clouds import CLOUDS, cloud_of
from compare.metering.month import Month
from compare.metering.planned import Photos
from compare.prices.reading import load
from core.recipes import load as load_recipe
from core.workflow.granularity import pipeline_in

AWS = Stack("aws", "standard", "stepwise", "arm64", 1024, "us-east-1")
THIRD = replace(AWS, cloud="gcp")
STRANGE = replace(AWS, orchestrator="storage")


@pytest.mark.parametrize(
    ("stack", "fault"),
    [
        (THIRD, "The cloud is 'gcp'; Twinlens compares aws, azure."),
        (STRANGE, "The orchestrator is 'storage'; on aws Twinlens compares standard, express, durable."),
        (
            replace(AWS, cloud="azure"),
            "The orchestrator is 'standard'; on azure Twinlens compares storage, scheduler.",
        ),
    ],
)
@pytest.mark.parametrize(
    "asked",
    [
        cloud_of,
        lambda stack: meter(stack, []),
        lambda stack: standing_usage(stack, pipeline_in("stepwise")),
        lambda stack: assumed([stack]),
        lambda stack: Month.planned(stack, pipeline_in("stepwise"), load_recipe("gallery"), Photos()),
    ],
    ids=["rules", "meter", "standing usage", "assumptions", "month"],
)
def test_what_is_not_in_the_table_is_refused_by_name(stack, fault, asked):
    with pytest.raises(UnknownCloud) as told:
        asked(stack)
    assert str(told.value) == fault


def test_every_cloud_has_a_price_book():
    assert list(CLOUDS) == list(load().home_regions)


def test_a_function_gains_nothing_beyond_one_vcpu():
    assert CLOUDS["aws"].slowdown(1769) == CLOUDS["aws"].slowdown(3538) == 1
    assert CLOUDS["aws"].slowdown(1024) == Decimal(1769) / 1024
    assert CLOUDS["azure"].slowdown(2048) == CLOUDS["azure"].slowdown(4096) == 1
