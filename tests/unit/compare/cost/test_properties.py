"""What must hold of every bill, whatever is used."""

from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from compare.billing.reading import MeterReading
from compare.cost.bill import Bill, price
from compare.cost.exact import exact
from compare.cost.usage import parse
from compare.prices.reading import load

BOOK = load()
METERS = sorted(BOOK.meters)
quantity = st.decimals(min_value=0, max_value=10**12, places=3, allow_nan=False, allow_infinity=False)
usage = st.dictionaries(st.sampled_from(METERS), quantity, min_size=1, max_size=6)
counts = st.integers(min_value=0, max_value=10**9).map(Decimal)


def bill(quantities: dict[str, Decimal], free_tier: bool = True) -> Bill:
    return price(
        [MeterReading(name, each, "") for name, each in quantities.items()], BOOK, free_tier=free_tier
    )


@given(usage, st.booleans(), st.data())
def test_more_of_anything_never_costs_less(
    quantities: dict[str, Decimal], free_tier: bool, data: st.DataObject
):
    meter = data.draw(st.sampled_from(sorted(quantities)))
    more = {**quantities, meter: quantities[meter] + data.draw(quantity)}
    assert bill(more, free_tier).total >= bill(quantities, free_tier).total
    assert bill(more, free_tier).low >= bill(quantities, free_tier).low
    assert bill(more, free_tier).high >= bill(quantities, free_tier).high


@given(usage)
def test_the_free_tier_never_costs(quantities: dict[str, Decimal]):
    assert 0 <= bill(quantities).total <= bill(quantities, free_tier=False).total


@given(usage)
def test_two_halves_never_cost_less_than_the_whole(quantities: dict[str, Decimal]):
    half = {name: each / 2 for name, each in quantities.items()}
    assert 2 * bill(half, free_tier=False).total >= bill(quantities, free_tier=False).total


@given(st.sampled_from(METERS), st.integers(min_value=0, max_value=3))
def test_tiers_are_continuous(meter: str, number: int):
    for each in BOOK.meters[meter].prices.values():
        edge = each.tiers[min(number, len(each.tiers) - 1)].start
        step = Decimal("0.001")
        below, above = max(Decimal(0), edge - step), edge + step
        apart = bill({meter: above}, free_tier=False).total - bill({meter: below}, free_tier=False).total
        dearest = max(tier.price for tier in each.tiers) / BOOK.meters[meter].per
        assert 0 <= apart <= (above - below) * dearest + Decimal("1e-11")


@given(usage, st.booleans())
# An allowance that two meters share leaves each a quantity whose digits do not end.
@example(
    {
        "aws.cloudwatch.log_gb": Decimal("0.001"),
        "aws.cloudwatch.log_storage_gb_months": Decimal(5),
    },
    True,
)
def test_a_bill_adds_up(quantities: dict[str, Decimal], free_tier: bool):
    made = bill(quantities, free_tier)
    with exact():
        assert sum(line.amount for line in made.lines) == made.total
        assert made.low <= made.total <= made.high
        for line in made.lines:
            assert sum(share.quantity for share in line.shares) == line.billed
            assert 0 <= line.billed <= line.quantity


@given(
    st.sampled_from(["requests", "duration_ms", "memory_mb", "ephemeral_mb", "init_ms", "event_kb"]),
    st.fixed_dictionaries(
        {
            "requests": counts,
            "duration_ms": st.integers(0, 900_000),
            "memory_mb": st.integers(128, 10_000),
            "ephemeral_mb": st.integers(512, 10_000),
            "init_ms": st.integers(0, 10_000),
            "cold_share": st.sampled_from([Decimal(0), Decimal("0.01"), Decimal(1)]),
            "event_kb": st.integers(0, 900),
            "architecture": st.sampled_from(["x86_64", "arm64"]),
        }
    ),
    st.integers(0, 100),
)
def test_a_larger_function_never_costs_less(key: str, function: dict[str, object], more: int):
    larger = {**function, key: function[key] + more}  # type: ignore[operator]

    def total(table: dict[str, object]) -> Decimal:
        return price(parse({"lambda": [table]}, BOOK.meters), BOOK).total

    assert total(larger) >= total(function)


@given(
    st.sampled_from(["executions", "duration_ms", "memory_mb"]),
    st.fixed_dictionaries(
        {"executions": counts, "duration_ms": st.integers(0, 300_000), "memory_mb": st.integers(1, 1024)}
    ),
    st.integers(0, 500),
)
def test_a_larger_workflow_never_costs_less(key: str, workflow: dict[str, object], more: int):
    larger = {**workflow, key: workflow[key] + more}  # type: ignore[operator]

    def total(table: dict[str, object]) -> Decimal:
        return price(parse({"stepfunctions_express": [table]}, BOOK.meters), BOOK).total

    assert total(larger) >= total(workflow)
