from decimal import Decimal

import pytest

from compare.billing.reading import MeterReading
from compare.cost.bill import Bill, charge, price
from compare.cost.document import bill_document, unit_price
from compare.cost.exact import dollars, settled, text
from compare.errors import PriceBookError
from compare.prices.book import Tier
from compare.prices.reading import load

X86 = "aws.lambda.gb_seconds.x86_64"
ARM = "aws.lambda.gb_seconds.arm64"


def bill(usage: dict[str, str | int], **options: object) -> Bill:
    metered = [MeterReading(meter, Decimal(quantity), "as stated") for meter, quantity in usage.items()]
    return price(metered, load(), **options)  # type: ignore[arg-type]


def amounts(made: Bill) -> dict[str, str]:
    return {line.meter.name: text(line.amount) for line in made.lines}


@pytest.mark.parametrize(
    ("billed", "expected"),
    [
        # x86_64: 6 billion at 0.0000166667, 9 billion more at 0.0000150000, the rest at 0.0000133334
        ("5999999999", "100000.1999833333"),
        ("6000000000", "100000.2"),
        ("6000000001", "100000.200015"),
        ("15000000000", "235000.2"),
        ("15000000001", "235000.2000133334"),
    ],
)
def test_tier_edges(billed: str, expected: str):
    assert text(bill({X86: billed}, free_tier=False).total) == expected


def test_tiers_are_listed_with_what_fell_into_each():
    tiers = (Tier(Decimal(0), Decimal(3)), Tier(Decimal(10), Decimal(2)), Tier(Decimal(20), Decimal(1)))
    shares = charge(Decimal(15), tiers, Decimal(1))
    assert [(share.quantity, share.amount) for share in shares] == [(10, 30), (5, 10)]
    assert charge(Decimal(0), tiers, Decimal(1)) == ()


@pytest.mark.parametrize(
    ("used", "billed"), [(0, 0), (399_999, 0), (400_000, 0), (400_001, 1), (1_000_000, 600_000)]
)
def test_allowance_is_deducted_once(used: int, billed: int):
    lines = bill({X86: used}).lines
    assert [line.billed for line in lines] == [billed]


def test_architectures_share_one_allowance_in_proportion():
    made = bill({X86: 300_000, ARM: 100_000})
    assert [line.billed for line in made.lines] == [0, 0]
    made = bill({X86: 600_000, ARM: 200_000})
    assert {line.meter.name: line.billed for line in made.lines} == {X86: 300_000, ARM: 100_000}
    # 300,000 x 0.0000166667 and 100,000 x 0.0000133334
    assert amounts(made) == {X86: "5.00001", ARM: "1.33334"}


def test_allowance_that_does_not_divide_evenly_is_still_deducted_whole():
    made = bill({X86: 500_000, ARM: 100_000})
    assert settled(sum((line.billed for line in made.lines), Decimal(0))) == 200_000


def test_requests_on_provisioned_concurrency_have_no_allowance():
    made = bill({"aws.lambda.requests": 500_000, "aws.lambda.provisioned_requests": 500_000})
    assert amounts(made) == {"aws.lambda.requests": "0", "aws.lambda.provisioned_requests": "0.1"}


@pytest.mark.parametrize(
    ("meter", "allowance"),
    [
        ("aws.lambda.requests", 1_000_000),
        ("aws.stepfunctions.transitions", 4_000),
        ("aws.dynamodb.storage_gb_months", 25),
        ("aws.sns.publishes", 1_000_000),
        ("aws.sns.deliveries.email", 1_000),
        ("aws.sns.deliveries.http", 100_000),
        ("aws.sqs.requests", 1_000_000),
        ("aws.cloudwatch.log_gb", 5),
        ("aws.xray.traces", 100_000),
        ("aws.transfer.out_gb", 100),
        ("azure.functions.flex.gb_seconds", 100_000),
        ("azure.functions.flex.executions", 250_000),
        ("azure.functions.consumption.gb_seconds", 400_000),
        ("azure.functions.consumption.executions", 1_000_000),
        ("azure.eventgrid.operations", 100_000),
        ("azure.monitor.log_gb", 5),
        ("azure.containerapps.vcpu_seconds", 180_000),
        ("azure.containerapps.gib_seconds", 360_000),
        ("azure.transfer.out_gb", 100),
    ],
)
def test_allowances(meter: str, allowance: int):
    assert bill({meter: allowance}).total == 0
    assert bill({meter: allowance + 1}).total > 0
    assert bill({meter: 1}, free_tier=False).total > 0


@pytest.mark.parametrize(
    ("meter", "quantity", "amount"),
    [
        # quoted per 10, 10,000, 100,000 and a million
        ("azure.functions.flex.executions", 1_000_000, "0.4"),
        ("azure.functions.consumption.executions", 1_000_000, "0.2"),
        ("azure.blob.write_operations", 1_000_000, "5"),
        ("azure.blob.read_operations", 1_000_000, "0.4"),
        ("azure.queue.operations", 1_000_000, "0.4"),
        ("azure.table.operations", 1_000_000, "0.036"),
        ("azure.eventgrid.operations", 1_000_000, "0.6"),
        ("aws.s3.put_requests", 1_000_000, "5"),
        ("aws.s3.get_requests", 1_000_000, "0.4"),
        ("aws.sns.deliveries.email", 1_000_000, "20"),
        ("aws.sns.deliveries.http", 1_000_000, "0.6"),
        ("aws.stepfunctions.transitions", 1_000_000, "25"),
        ("aws.lambda.durable_operations", 1_000_000, "8"),
        # 3,600 GB-seconds are one GB-hour
        ("aws.stepfunctions.express_gb_seconds", 3_600, "0.06"),
        ("aws.stepfunctions.express_gb_seconds", 3_600_000, "60"),
        ("aws.stepfunctions.express_gb_seconds", 18_000_000, "180"),
        ("aws.stepfunctions.express_gb_seconds", 18_003_600, "180.01642"),
        # one EP1 instance for an hour: 0.16 + 3.5 x 0.0114
        ("azure.functions.premium.vcpu_hours", 1, "0.16"),
        ("azure.functions.premium.gib_hours", "3.5", "0.0399"),
        # 100 GB beyond the allowance, then the second tier
        ("azure.transfer.out_gb", 10_236, "890.528"),
        ("aws.transfer.out_gb", 10_241, "921.685"),
    ],
)
def test_prices_in_the_units_they_are_quoted_in(meter: str, quantity: int | str, amount: str):
    assert text(bill({meter: quantity}, free_tier=False).total) == amount


def test_quantities_of_one_meter_add_up_with_their_formulas():
    meter = "aws.sqs.requests"
    made = price([MeterReading(meter, Decimal(1), "one"), MeterReading(meter, Decimal(2), "two")], load())
    assert [(line.quantity, line.formulas) for line in made.lines] == [(3, ("one", "two"))]


def test_regions_are_chosen_a_cloud():
    usage = {"aws.dynamodb.write_units": 1_000_000, "azure.blob.write_operations": 10_000}
    assert amounts(bill(usage)) == {
        "aws.dynamodb.write_units": "0.625",
        "azure.blob.write_operations": "0.05",
    }
    made = bill(usage, regions=["westeurope", "eu-west-1"])
    assert amounts(made) == {"aws.dynamodb.write_units": "0.705", "azure.blob.write_operations": "0.054"}


@pytest.mark.parametrize(
    ("regions", "named"),
    [(["mars-1"], "mars-1"), (["us-east-1", "eu-west-1"], "us-east-1 and eu-west-1")],
)
def test_impossible_regions_are_refused(regions: list[str], named: str):
    with pytest.raises(PriceBookError, match=named):
        bill({X86: 1}, regions=regions)


def test_a_meter_without_a_price_in_the_region_is_named():
    with pytest.raises(PriceBookError, match=r"aws\.xray\.traces in sa-east-1; it has us-east-1, eu-west-1"):
        load().price("aws.xray.traces", "sa-east-1")


def test_the_bounds_of_a_tiered_price_shift_every_tier():
    made = bill({"aws.stepfunctions.express_gb_seconds": 18_003_600}, regions=["eu-west-1"])
    assert (text(made.low), text(made.total)) == ("180.01642", "180.01642")
    assert text(made.high) == "205.2187188"  # 14 % more


def test_an_unknown_meter_is_named():
    with pytest.raises(PriceBookError, match=r"aws\.lambda\.magic"):
        bill({"aws.lambda.magic": 1})


def test_unconfirmed_prices_make_a_range():
    made = bill({"azure.durable.scheduler_actions": 1_000_000, "azure.blob.write_operations": 10_000})
    assert (text(made.low), text(made.firm), text(made.high)) == ("0.053", "0.05", "3000.05")
    assert made.unconfirmed == ("azure.durable.scheduler_actions",)
    assert made.low <= made.total <= made.high
    document = bill_document(made)
    assert document["unconfirmed"] == ["azure.durable.scheduler_actions"]
    assert (document["total_low"], document["total_high"]) == ("0.053", "3000.05")


def test_an_unconfirmed_price_of_nothing_is_no_doubt():
    assert bill({"azure.durable.scheduler_actions": 0}).unconfirmed == ()


def test_numbers_for_machines_have_no_exponent():
    assert text(Decimal("1E+6")) == "1000000"
    assert text(Decimal("0E-20")) == "0"
    assert text(Decimal("0.00000002")) == "0.00000002"
    assert unit_price(Tier(Decimal(0), Decimal("0.06")), Decimal(3600)) == "0.000016666666666667"
    assert unit_price(Tier(Decimal(0), Decimal(0)), Decimal(1)) == "0"


def test_amounts_for_people():
    assert dollars(Decimal("1234.565")) == "$1,234.57"
    assert dollars(Decimal("0.0000215")) == "$0.000022"
    assert dollars(Decimal(0)) == "$0.00"
