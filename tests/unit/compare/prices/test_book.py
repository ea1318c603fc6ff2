import shutil
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from compare.errors import PriceBookError
from compare.prices.check import doubts
from compare.prices.reading import FOLDER, load

# Section 7 of the design: the quantities that are priced.
METERS = [
    "aws.lambda.requests",
    "aws.lambda.gb_seconds.x86_64",
    "aws.lambda.gb_seconds.arm64",
    "aws.lambda.ephemeral_gb_seconds",
    "aws.lambda.provisioned_gb_seconds.x86_64",
    "aws.lambda.provisioned_gb_seconds.arm64",
    "aws.lambda.provisioned_duration_gb_seconds.x86_64",
    "aws.lambda.provisioned_duration_gb_seconds.arm64",
    "aws.lambda.snapstart_cache_gb_seconds",
    "aws.lambda.snapstart_restore_gb",
    "aws.lambda.durable_operations",
    "aws.lambda.durable_written_gb",
    "aws.lambda.durable_retained_gb_months",
    "aws.stepfunctions.transitions",
    "aws.stepfunctions.express_requests",
    "aws.stepfunctions.express_gb_seconds",
    "aws.s3.storage_gb_months",
    "aws.s3.put_requests",
    "aws.s3.get_requests",
    "aws.eventbridge.events",
    "aws.dynamodb.write_units",
    "aws.dynamodb.read_units",
    "aws.dynamodb.storage_gb_months",
    "aws.sns.publishes",
    "aws.sns.deliveries.email",
    "aws.sns.deliveries.http",
    "aws.sqs.requests",
    "aws.cloudwatch.log_gb",
    "aws.cloudwatch.log_storage_gb_months",
    "aws.xray.traces",
    "aws.apigateway.http_requests",
    "aws.cloudfront.out_gb",
    "aws.cloudfront.requests",
    "aws.waf.web_acls",
    "aws.waf.rules",
    "aws.waf.requests",
    "aws.fargate.vcpu_hours",
    "aws.fargate.gb_hours",
    "aws.transfer.out_gb",
    "azure.functions.flex.gb_seconds",
    "azure.functions.flex.executions",
    "azure.functions.flex.always_ready_gb_seconds",
    "azure.functions.consumption.gb_seconds",
    "azure.functions.consumption.executions",
    "azure.functions.premium.vcpu_hours",
    "azure.functions.premium.gib_hours",
    "azure.durable.scheduler_actions",
    "azure.blob.storage_gb_months",
    "azure.blob.write_operations",
    "azure.blob.read_operations",
    "azure.queue.operations",
    "azure.table.operations",
    "azure.table.storage_gb_months",
    "azure.eventgrid.operations",
    "azure.monitor.log_gb",
    "azure.frontdoor.base.standard",
    "azure.frontdoor.base.premium",
    "azure.frontdoor.requests.standard",
    "azure.frontdoor.requests.premium",
    "azure.frontdoor.out_gb",
    "azure.frontdoor.origin_gb",
    "azure.containerapps.vcpu_seconds",
    "azure.containerapps.gib_seconds",
    "azure.transfer.out_gb",
]


@pytest.mark.parametrize("meter", METERS)
def test_every_meter_has_a_price_at_home(meter: str):
    book = load()
    vendor = meter.partition(".")[0]
    price = book.price(meter, book.home_regions[vendor])
    assert price.source.url.startswith("https://")
    assert price.source.title


def test_home_regions_are_complete():
    book = load()
    assert book.home_regions == {"aws": "us-east-1", "azure": "eastus2"}
    for meter in book.meters.values():
        assert book.home_regions[meter.vendor] in meter.prices


def test_there_is_a_second_region_each():
    book = load()
    assert book.regions("aws") == ("us-east-1", "eu-west-1")
    assert book.regions("azure") == ("eastus2", "westeurope")
    for meter in book.meters.values():
        assert set(meter.prices) == set(book.regions(meter.vendor)), meter.name
        for price in meter.prices.values():
            assert (price.status == "unconfirmed") == (price.low is not None)


def test_meters_of_one_pool_share_one_allowance():
    pools: dict[str, set[tuple[Decimal, str]]] = {}
    for meter in load().meters.values():
        if meter.allowance:
            key = (meter.allowance.quantity, meter.allowance.scope)
            pools.setdefault(meter.allowance.pool, set()).add(key)
    assert all(len(allowances) == 1 for allowances in pools.values())


def test_prices_are_exact_decimals():
    price = load().price("aws.lambda.gb_seconds.x86_64", "us-east-1")
    assert [tier.price for tier in price.tiers] == [
        Decimal("0.0000166667"),
        Decimal("0.0000150000"),
        Decimal("0.0000133334"),
    ]


def test_tiers_never_get_dearer():
    for meter in load().meters.values():
        for price in meter.prices.values():
            prices = [tier.price for tier in price.tiers]
            assert prices == sorted(prices, reverse=True), meter.name


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[str, str], Path]:
    """Copy the price book with one piece of the AWS file replaced."""

    def edit(old: str, new: str) -> Path:
        for name in ("aws.toml", "azure.toml"):
            shutil.copy(FOLDER / name, tmp_path / name)
        text = (tmp_path / "aws.toml").read_text()
        assert old in text
        (tmp_path / "aws.toml").write_text(text.replace(old, new, 1))
        return tmp_path

    return edit


REQUESTS = '["aws.lambda.requests".regions.us-east-1]\nprice = 0.20\nstatus = "confirmed"'


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('unit = "request"', 'unit = "request"\ncolour = "red"', "colour"),
        ('unit = "request"\n', "", "unit"),
        ("per = 1_000_000", "per = 0", "aws.lambda.requests: per"),
        (REQUESTS, REQUESTS.replace("0.20", "-0.20"), "aws.lambda.requests, us-east-1: a price"),
        (REQUESTS, REQUESTS.replace("0.20", "nan"), "aws.lambda.requests, us-east-1: a price"),
        (REQUESTS, REQUESTS.replace("0.20", "true"), "price"),
        (REQUESTS, REQUESTS.replace("price = 0.20\n", ""), "either a price or tiers"),
        (REQUESTS, REQUESTS.replace("confirmed", "certain"), "status"),
        (REQUESTS, REQUESTS.replace("confirmed", "unconfirmed"), "low and high"),
        (REQUESTS, f"{REQUESTS}\nlow = 0.1\nhigh = 0.3", "low and high"),
        (
            "low = 0\nhigh = 1.00",
            "low = 2\nhigh = 3",
            "aws.eventbridge.s3_events, us-east-1: its price must be positive and between",
        ),
        ('source = "lambda-list"', 'source = "hearsay"', "hearsay"),
        ("{ from = 0, price = 0.0000166667 }", "{ from = 1, price = 0.0000166667 }", "begin at 0"),
        ("{ from = 15_000_000_000,", "{ from = 6_000_000_000,", "begin at 0 and increase"),
        ("quantity = 1_000_000", "quantity = 0", "the allowance"),
        ("quantity = 400_000", "quantity = 300_000", "others that share it have 300,000"),
        (
            '["aws.xray.traces"]',
            '["azure.x"]\ntitle = "X"\nunit = "x"\nper = 1\nregions = {}\n["aws.xray.traces"]',
            "begin with aws",
        ),
        ("format = 1", "format = 2", "format 1"),
        ('vendor = "aws"', 'vendor = "azure"', "not a price book of aws"),
        ("date = 2026-09-19", 'date = "soon"', "date"),
        ("format = 1", "format = ", "not valid TOML"),
    ],
)
def test_a_broken_book_is_refused(edited: Callable[[str, str], Path], old: str, new: str, named: str):
    with pytest.raises(PriceBookError) as caught:
        load(edited(old, new))
    assert named in str(caught.value)


def test_a_missing_book_is_named(tmp_path: Path):
    with pytest.raises(PriceBookError, match=r"aws\.toml cannot be read"):
        load(tmp_path)


def test_a_meter_needs_a_region(tmp_path: Path):
    shutil.copy(FOLDER / "azure.toml", tmp_path / "azure.toml")
    (tmp_path / "aws.toml").write_text(
        'format = 1\nvendor = "aws"\nhome_region = "us-east-1"\n[sources]\n'
        '["aws.x"]\ntitle = "X"\nunit = "x"\nper = 1\nregions = {}\n'
    )
    with pytest.raises(PriceBookError, match="no price in any region"):
        load(tmp_path)


def test_units_are_quoted_as_people_say_them():
    book = load()
    assert book.meter("aws.sns.publishes").quoted_unit == "1,000,000 requests of 64 KB"
    assert book.meter("aws.s3.storage_gb_months").quoted_unit == "GB-month"


def test_doubts_name_status_bounds_and_age():
    book = load()
    found = {(doubt.meter.name, doubt.price.region): doubt for doubt in doubts(book, date(2026, 11, 23), 180)}
    assert found["azure.durable.scheduler_actions", "eastus2"].reason == "unconfirmed, between 0.003 and 3000"
    assert "days old" in found["aws.lambda.provisioned_gb_seconds.arm64", "us-east-1"].reason
    assert ("aws.lambda.requests", "us-east-1") not in found
    assert len(list(doubts(book, date(2030, 1, 1), 180))) == sum(
        len(meter.prices) for meter in book.meters.values()
    )
