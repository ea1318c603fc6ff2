from decimal import Decimal

from compare.billing.azure_front_door import profile
from compare.billing.reading import MeterReading
from compare.cost.bill import price
from compare.cost.bills import Bills
from compare.cost.break_even import BreakEven, Curve, break_evens
from compare.metering.assumptions import BOUNDS
from compare.prices.reading import load

TRANSITIONS = "aws.stepfunctions.transitions"
OPERATIONS = "azure.eventgrid.operations"


def curve(meter: str, *each: Decimal | int) -> Curve:
    """Bills of a month whose photos use so much of a meter each, at the three bounds."""

    def bills(images: int) -> Bills:
        used = [MeterReading(meter, Decimal(images * number), "") for number in each]
        return Bills({bound: price([one], load()) for bound, one in zip(BOUNDS, used, strict=True)})

    return bills


def test_finds_where_two_stacks_cost_the_same():
    # Transitions cost $25 a million beyond 4,000, operations $0.60 beyond 100,000: with 30 operations
    # a photo, (n - 4,000) x 25 = (n - 100,000 / 30) x 18 at n = 5,714.3.
    curves = {"azure": curve(OPERATIONS, 30, 30, 30), "aws": curve(TRANSITIONS, 1, 1, 1)}
    (point,) = break_evens(curves)
    assert point == BreakEven(5715, Decimal("0.04287"), "aws", "azure", 5714, 5715)
    assert point.sentence == (
        "Up to about 5,700 photos a month ($0.04) aws most likely costs less, beyond that azure: "
        "aws certainly up to 5,700 and azure certainly from 5,700."
    )


def test_a_monthly_fee_is_made_up_for_by_photos_that_cost_less():
    # Beyond the free 4,000, transitions cost $25 a million: as much as a profile of Front Door, $35, when
    # (n - 4,000) x 25 = 35 million, at n = 1,404,000.
    def fee(images: int) -> Bills:
        return Bills(dict.fromkeys(BOUNDS, price(profile(requests=Decimal(0)), load())))

    (point,) = break_evens({"azure": fee, "aws": curve(TRANSITIONS, 1, 1, 1)})
    assert point == BreakEven(1_404_000, Decimal(35), "aws", "azure", 1_403_999, 1_404_001)


def test_ranges_keep_a_place_from_being_certain():
    # At most, 40 operations cost $24 a million photos, more than 0.8 transitions at $20. At least, 22.4 cost
    # less than these from 6,098 photos on, where (0.8 n - 4,000) x 25 = (22.4 n - 100,000) x 0.6.
    few, some, many = Decimal("22.4"), Decimal(24), Decimal(40)
    part = Decimal("0.8")
    curves = {"azure": curve(OPERATIONS, few, some, many), "aws": curve(TRANSITIONS, part, part, part)}
    (point,) = break_evens(curves)
    assert (point.images, point.certain_below, point.certain_above) == (7143, 6097, None)
    assert point.sentence.endswith(": aws certainly up to 6,100.")


def test_ranges_that_overlap_everywhere_allow_no_claim():
    curves = {"azure": curve(OPERATIONS, 1, 30, 50), "aws": curve(TRANSITIONS, 1, 1, 1)}
    (point,) = break_evens(curves)
    assert (point.certain_below, point.certain_above) == (None, None)
    assert point.sentence.endswith("their ranges overlap at every volume shown.")


def test_stacks_that_cost_the_same_have_no_break_even():
    same = curve(TRANSITIONS, 1, 1, 1)
    assert break_evens({"one": same, "other": same}) == ()
