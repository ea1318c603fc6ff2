from bisect import bisect_left
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare import format_1
from compare.cost.knots import LARGEST, Knot, between, knots
from compare.metering import Stack
from compare.metering.assumptions import BOUNDS, Bound
from compare.metering.month import Month
from compare.metering.planned import Photos
from compare.prices.reading import load
from core.recipes import load as load_recipe
from core.workflow.document import from_document

STACKS = (
    Stack("aws", "standard", "stepwise", "arm64", 1024, "us-east-1"),
    Stack("azure", "storage", "stepwise", "x86_64", 2048, "eastus2"),
    Stack("aws", "standard", "stepwise", "arm64", 1024, "us-east-1", front_door=True, cdn=True, waf=True),
    Stack("azure", "storage", "stepwise", "x86_64", 2048, "eastus2", front_door=True, cdn=True),
)
MONTHS = [
    Month.planned(stack, from_document(format_1.workflow("stepwise")), load_recipe("gallery"), Photos())
    for stack in STACKS
]
DRAWN = [{bound: knots(month, bound, load()) for bound in BOUNDS} for month in MONTHS]


def drawn(found: tuple[Knot, ...], images: int) -> float:
    at = bisect_left(found, images, key=lambda knot: knot[0])
    return between(found[max(at, 1) - 1], found[max(at, 1)], images)


@given(
    which=st.sampled_from(range(len(STACKS))),
    bound=st.sampled_from(BOUNDS),
    power=st.floats(0, 8),
)
def test_between_knots_the_usage_is_as_good_as_straight(which: int, bound: Bound, power: float):
    images = min(LARGEST, round(10**power))
    real: dict[str, Decimal] = {}
    for each in MONTHS[which].usage(images, bound):
        real[each.meter] = real.get(each.meter, Decimal(0)) + each.quantity
    for name, found in DRAWN[which][bound].items():
        meter = load().meter(name)
        unit = float(next(iter(meter.prices.values())).tiers[0].price / meter.per)
        exact = float(real.get(name, 0)) * unit
        assert drawn(found, images) * unit == pytest.approx(exact, rel=0.0006, abs=0.001), name


def test_what_is_straight_needs_no_knots_between():
    assert all(len(found) == 2 for name, found in DRAWN[0]["low"].items())
    curved = DRAWN[1]["expected"]["azure.functions.flex.gb_seconds"]
    assert 20 < len(curved) < 200
    assert all(one[0] < other[0] for one, other in pairwise(curved))
