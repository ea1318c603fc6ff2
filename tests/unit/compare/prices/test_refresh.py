from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from price_lists import Vendor, only, outcomes

from compare.errors import PriceSourceError
from compare.prices.book import PriceBook, Tier
from compare.prices.reading import load
from compare.prices.refresh import PriceLists, write
from compare.prices.refresh.aws import find
from compare.prices.refresh.azure import unit_size
from compare.prices.refresh.listing import Listing, ListingProblem, normalise
from compare.prices.refresh.listing import only as only_listing

Book = tuple[PriceBook, Path]
X86 = "aws.lambda.gb_seconds.x86_64"


def dimensions(
    vendor: Vendor, service: str, usagetype: str, region: str = "us-east-1"
) -> list[dict[str, Any]]:
    """Return the price dimensions of a product, lowest tier first."""
    document = vendor.products[service, region]
    sku = next(
        sku
        for sku, product in document["products"].items()
        if product["attributes"].get("usagetype") == usagetype
    )
    (term,) = document["terms"]["OnDemand"][sku].values()
    return list(term["priceDimensions"].values())


def items(vendor: Vendor, meter_name: str, region: str = "eastus2") -> list[dict[str, Any]]:
    return [
        item for item in vendor.items if item["meterName"] == meter_name and item["armRegionName"] == region
    ]


def test_lists_that_agree_change_nothing(book: Book, lists: PriceLists):
    kinds = {name: (each.kind, each.detail) for name, each in outcomes(book, lists).items()}
    assert {kind for kind, _ in kinds.values()} == {"same", "unlisted"}, kinds
    assert [name for name, (kind, _) in kinds.items() if kind == "unlisted"] == [
        f"{meter.name} {region}"
        for meter in book[0].meters.values()
        for region, price in meter.prices.items()
        if not price.listing
    ]


def test_each_list_is_read_once(book: Book, lists: PriceLists, vendor: Vendor):
    outcomes(book, lists)
    aws = [path for path in vendor.asked if path.startswith("/offers/")]
    assert len(aws) == len(set(aws))
    assert "/offers/v1.0/aws/AWSLambda/current/us-east-1/index.json" in aws
    assert all("currencyCode=%27USD%27" in path for path in set(vendor.asked) - set(aws))


def test_a_changed_price_is_shown_and_written(book: Book, lists: PriceLists, vendor: Vendor):
    dimensions(vendor, "AWSLambda", "USE1-Lambda-GB-Second")[1]["pricePerUnit"]["USD"] = "0.0000140000"
    before = (book[1] / "aws.toml").read_text()
    found = outcomes(book, lists)
    changed = found[f"{X86} us-east-1"]
    assert changed.kind == "changed"
    assert changed.detail == (
        "0.0000166667, 0.000015 from 6,000,000,000, 0.0000133334 from 15,000,000,000 becomes "
        "0.0000166667, 0.000014 from 6,000,000,000, 0.0000133334 from 15,000,000,000 per GB-second"
    )
    assert (book[1] / "aws.toml").read_text() == before
    write(found.values(), book[1])
    after = load(book[1])
    price = after.price(X86, "us-east-1")
    assert [tier.price for tier in price.tiers] == [
        Decimal("0.0000166667"),
        Decimal("0.000014"),
        Decimal("0.0000133334"),
    ]
    assert (price.status, str(price.source.date)) == ("confirmed", "2026-11-01")
    assert price.source.url.endswith("/offers/v1.0/aws/AWSLambda/current/us-east-1/index.json")
    # Comments stay, and nothing else has another price.
    text = (book[1] / "aws.toml").read_text()
    assert text.startswith("# What AWS charges")
    others = {
        name: {region: each.tiers for region, each in meter.prices.items()}
        for name, meter in book[0].meters.items()
    }
    written = {
        name: {region: each.tiers for region, each in meter.prices.items()}
        for name, meter in after.meters.items()
    }
    assert {name for name in others if others[name] != written[name]} == {X86}


def test_writing_again_changes_nothing(book: Book, lists: PriceLists):
    write(outcomes(book, lists).values(), book[1])
    once = [(book[1] / name).read_text() for name in ("aws.toml", "azure.toml")]
    again = (load(book[1]), book[1])
    write(outcomes(again, lists).values(), book[1])
    assert [(book[1] / name).read_text() for name in ("aws.toml", "azure.toml")] == once
    assert not list(book[1].glob("*.new"))


def test_a_confirmed_price_loses_its_bounds_and_sources_nobody_names(book: Book, lists: PriceLists):
    meter = "azure.functions.flex.always_ready_gb_seconds"
    assert book[0].price(meter, "eastus2").status == "unconfirmed"
    write(outcomes(book, lists).values(), book[1])
    price = load(book[1]).price(meter, "eastus2")
    assert (price.status, price.low, price.high, price.note) == ("confirmed", None, None, "")
    assert str(price.source.date) == "2026-11-23"
    assert "flex-euro" not in (book[1] / "azure.toml").read_text()


def test_the_disputed_unit_is_never_settled_by_a_list(book: Book, lists: PriceLists):
    write(outcomes(book, lists).values(), book[1])
    price = load(book[1]).price("azure.durable.scheduler_actions", "eastus2")
    assert (price.status, price.high) == ("unconfirmed", 3000)


def test_one_price_may_become_tiers_and_tiers_one_price(book: Book, lists: PriceLists, vendor: Vendor):
    (single,) = dimensions(vendor, "AWSLambda", "USE1-Request")
    document = vendor.products["AWSLambda", "us-east-1"]
    (term,) = next(
        document["terms"]["OnDemand"][sku]
        for sku, product in document["products"].items()
        if product["attributes"].get("usagetype") == "USE1-Request"
    ).values()
    term["priceDimensions"]["more"] = {
        **single,
        "beginRange": "5000000",
        "pricePerUnit": {"USD": "0.0000001"},
    }
    for dimension in dimensions(vendor, "AmazonApiGateway", "USE1-ApiGatewayHttpRequest"):
        dimension["pricePerUnit"]["USD"] = "0.000001"
    # AWS enters the same product twice; both entries must be changed to be one price.
    found = outcomes(book, lists, region="us-east-1")
    assert found["aws.lambda.requests us-east-1"].kind == "ambiguous"
    for sku in [
        sku
        for sku, product in document["products"].items()
        if product["attributes"].get("usagetype") == "USE1-Request"
    ]:
        document["terms"]["OnDemand"][sku] = {"t": term}
    fresh = PriceLists(lists.today, lists.addresses, lists.reader)
    found = outcomes(book, fresh, region="us-east-1")
    write(found.values(), book[1])
    after = load(book[1])
    assert [(tier.start, tier.price) for tier in after.price("aws.lambda.requests", "us-east-1").tiers] == [
        (0, Decimal("0.2")),
        (5_000_000, Decimal("0.1")),
    ]
    gateway = after.price("aws.apigateway.http_requests", "us-east-1")
    assert [(tier.start, tier.price) for tier in gateway.tiers] == [(0, 1)]


def test_a_changed_allowance_is_shown_and_written(book: Book, lists: PriceLists, vendor: Vendor):
    for item in items(vendor, "On Demand Total Executions"):
        item["tierMinimumUnits"] = 50_000.0 if item["tierMinimumUnits"] else 0.0
    found = only(book, lists, "azure.functions.flex.executions", "eastus2")
    assert (found.kind, found.detail) == ("changed", "250,000 free becomes 500,000")
    write([found], book[1])
    allowance = load(book[1]).meter("azure.functions.flex.executions").allowance
    assert allowance is not None
    assert allowance.quantity == 500_000


def test_an_allowance_may_be_new(book: Book, lists: PriceLists, vendor: Vendor):
    for item in items(vendor, "Hot Read Operations"):
        item["tierMinimumUnits"] = 2.0
        vendor.items.append({**item, "tierMinimumUnits": 0.0, "retailPrice": 0.0})
    found = only(book, lists, "azure.blob.read_operations", "eastus2")
    assert found.detail == "0 free becomes 20,000"
    write([found], book[1])
    allowance = load(book[1]).meter("azure.blob.read_operations").allowance
    assert allowance is not None
    assert (allowance.quantity, allowance.scope) == (20_000, "account and month")


@pytest.mark.parametrize(
    ("meter", "name", "unit"),
    [
        ("azure.functions.flex.executions", "On Demand Total Executions", "100"),
        ("azure.blob.write_operations", "Hot LRS Write Operations", "100K"),
        ("azure.eventgrid.operations", "Standard Operations", "1M"),
        ("azure.monitor.log_gb", "Analytics Logs Data Ingestion", "1 TB"),
    ],
)
def test_a_changed_azure_unit_is_no_price(
    book: Book, lists: PriceLists, vendor: Vendor, meter: str, name: str, unit: str
):
    for item in items(vendor, name):
        item["unitOfMeasure"] = unit
    found = only(book, lists, meter, "eastus2")
    assert found.kind == "unit changed"
    assert f"is {unit}, not" in found.detail
    assert write([found], book[1]) == 0


def test_a_changed_aws_unit_is_no_price(book: Book, lists: PriceLists, vendor: Vendor):
    dimensions(vendor, "AmazonS3", "USE1-Requests-Tier1")[0]["unit"] = "1000 Requests"
    found = only(book, lists, "aws.s3.put_requests", "us-east-1")
    assert (found.kind, found.detail) == ("unit changed", "its unit is '1000 Requests', not Requests")


@pytest.mark.parametrize("meter", ["aws.stepfunctions.transitions", "azure.blob.read_operations"])
def test_a_meter_that_is_gone_is_named_and_kept(book: Book, lists: PriceLists, vendor: Vendor, meter: str):
    home = book[0].home_regions[book[0].meters[meter].vendor]
    vendor.products["AmazonStates", "us-east-1"]["products"].clear()
    vendor.items = [item for item in vendor.items if item["meterName"] != "Hot Read Operations"]
    found = only(book, lists, meter, home)
    assert (found.kind, found.detail) == ("gone", "the list no longer has it")
    write([found], book[1])
    assert load(book[1]).price(meter, home).tiers == book[0].price(meter, home).tiers


def test_a_product_without_a_price_is_gone(book: Book, lists: PriceLists, vendor: Vendor):
    vendor.products["AmazonStates", "us-east-1"]["terms"]["OnDemand"].clear()
    assert only(book, lists, "aws.stepfunctions.transitions", "us-east-1").kind == "gone"


def test_other_storage_classes_do_not_pass_for_the_meter(book: Book, lists: PriceLists, vendor: Vendor):
    document = vendor.products["AmazonDynamoDB", "us-east-1"]
    sku = next(
        sku
        for sku, product in document["products"].items()
        if product["attributes"]["usagetype"] == "USE1-TimedStorage-ByteHrs"
    )
    (term,) = document["terms"]["OnDemand"][sku].values()
    dimension = {**next(iter(term["priceDimensions"].values())), "pricePerUnit": {"USD": "0.1000000000"}}
    # What stands before the first hyphen is not always a region.
    for number, usagetype in enumerate(
        ("IA-TimedStorage-ByteHrs", "USE2-TimedStorage-ByteHrs", "Global-TimedStorage-ByteHrs")
    ):
        document["products"][f"TRAP{number}"] = {"attributes": {"usagetype": usagetype}}
        document["terms"]["OnDemand"][f"TRAP{number}"] = {"t": {"priceDimensions": {"d": dimension}}}
    assert only(book, lists, "aws.dynamodb.storage_gb_months", "us-east-1").kind == "same"


def test_entries_with_and_without_the_prefix_are_one(book: Book, lists: PriceLists, vendor: Vendor):
    document = vendor.products["AmazonCloudWatch", "us-east-1"]
    sku = next(
        sku
        for sku, product in document["products"].items()
        if product["attributes"]["usagetype"] == "USE1-DataProcessing-Bytes"
    )
    document["products"]["TWIN"] = {"attributes": {"usagetype": "DataProcessing-Bytes"}}
    document["terms"]["OnDemand"]["TWIN"] = document["terms"]["OnDemand"][sku]
    assert only(book, lists, "aws.cloudwatch.log_gb", "us-east-1").kind == "same"
    (term,) = document["terms"]["OnDemand"][sku].values()
    document["terms"]["OnDemand"]["TWIN"] = {
        "t": {
            "priceDimensions": {
                "d": {**next(iter(term["priceDimensions"].values())), "pricePerUnit": {"USD": "9"}}
            }
        }
    }
    fresh = PriceLists(lists.today, lists.addresses, lists.reader)
    assert only(book, fresh, "aws.cloudwatch.log_gb", "us-east-1").kind == "ambiguous"


def test_one_of_two_entries_may_leave_the_free_units_out(book: Book, lists: PriceLists, vendor: Vendor):
    document = vendor.products["AmazonDynamoDB", "us-east-1"]
    document["products"]["FREE"] = {"attributes": {"usagetype": "TimedStorage-ByteHrs"}}
    tier = {"unit": "GB-Mo", "endRange": "Inf"}
    document["terms"]["OnDemand"]["FREE"] = {
        "t": {
            "priceDimensions": {
                "free": {**tier, "beginRange": "0", "pricePerUnit": {"USD": "0.0000000000"}},
                "paid": {**tier, "beginRange": "25", "pricePerUnit": {"USD": "0.2500000000"}},
            }
        }
    }
    assert only(book, lists, "aws.dynamodb.storage_gb_months", "us-east-1").kind == "same"


def test_two_prices_for_one_azure_tier_are_ambiguous(book: Book, lists: PriceLists, vendor: Vendor):
    items(vendor, "Hot LRS Write Operations")[0]["retailPrice"] = 0.06
    found = only(book, lists, "azure.blob.write_operations", "eastus2")
    assert found.kind == "ambiguous"
    assert "two prices from 0:" in found.detail


@pytest.mark.parametrize(
    "extra", [{"type": "Reservation"}, {"currencyCode": "EUR"}, {"armRegionName": "eastus"}]
)
def test_other_offers_are_left_out(book: Book, lists: PriceLists, vendor: Vendor, extra: dict[str, str]):
    vendor.items.append({**items(vendor, "Hot LRS Write Operations")[0], "retailPrice": 9.0, **extra})
    assert only(book, lists, "azure.blob.write_operations", "eastus2").kind == "same"


def test_a_list_of_another_form_is_refused(book: Book, lists: PriceLists, vendor: Vendor):
    vendor.products["AWSLambda", "us-east-1"]["products"] = {"SKU": {"attributes": None}}
    vendor.products["AmazonStates", "us-east-1"].pop("publicationDate")
    vendor.products["AmazonS3", "us-east-1"].pop("terms")
    items(vendor, "Hot Read Operations")[0].pop("retailPrice")
    assert "known form" in only(book, lists, "aws.lambda.requests", "us-east-1").detail
    assert "when it was published" in only(book, lists, "aws.stepfunctions.transitions", "us-east-1").detail
    assert "known form" in only(book, lists, "aws.s3.put_requests", "us-east-1").detail
    assert "known form" in only(book, lists, "azure.blob.read_operations", "eastus2").detail


def test_one_list_that_is_missing_spoils_no_other(book: Book, lists: PriceLists, vendor: Vendor):
    del vendor.products["AWSXRay", "us-east-1"]
    found = outcomes(book, lists, "aws.", "us-east-1")
    assert [name for name, each in found.items() if each.kind == "unread"] == ["aws.xray.traces us-east-1"]


def test_pages_end(book: Book, lists: PriceLists, vendor: Vendor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("compare.prices.refresh.azure.MOST_PAGES", 1)
    assert "more than 1 pages" in only(book, lists, "azure.blob.read_operations", "eastus2").detail


def test_an_azure_answer_without_items_is_refused(
    book: Book, lists: PriceLists, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(vendor, "answer", lambda path: {"Message": "busy"})
    assert "without any items" in only(book, lists, "azure.blob.read_operations", "eastus2").detail


def test_a_region_whose_usage_types_are_unknown_is_refused():
    with pytest.raises(PriceSourceError, match="mars-1"):
        find({}, {}, "mars-1")


def test_a_unit_without_a_number_is_no_unit():
    with pytest.raises(ListingProblem, match="does not begin with a number"):
        unit_size("Hour")


@pytest.mark.parametrize(
    ("unit", "size"), [("1", 1), ("10", 10), ("10K", 10_000), ("1M", 10**6), ("1 Hour", 1)]
)
def test_unit_sizes(unit: str, size: int):
    assert unit_size(unit) == size


def test_tiers_begin_at_zero():
    with pytest.raises(ListingProblem, match="begin at zero"):
        normalise([Tier(Decimal(5), Decimal(1))])


def test_neighbouring_tiers_of_one_price_are_one():
    tiers = [Tier(Decimal(0), Decimal(0)), Tier(Decimal(5), Decimal(2)), Tier(Decimal(9), Decimal(2))]
    assert normalise(tiers) == Listing(Decimal(5), (Tier(Decimal(0), Decimal(2)),))
    assert normalise([Tier(Decimal(0), Decimal(0))]) == Listing(Decimal(0), (Tier(Decimal(0), Decimal(0)),))


ONE, OTHER = (Tier(Decimal(0), Decimal(each)) for each in (1, 2))


@pytest.mark.parametrize(
    "listings",
    [
        [Listing(Decimal(0), (ONE,)), Listing(Decimal(0), (OTHER,))],
        [Listing(Decimal(25), (ONE,)), Listing(Decimal(9), (ONE,))],
    ],
    ids=["tiers", "free units"],
)
def test_entries_that_disagree_are_ambiguous(listings: list[Listing]):
    with pytest.raises(ListingProblem, match="2 different prices"):
        only_listing(listings)


def test_entries_agree_if_one_omits_the_free_units():
    free = Listing(Decimal(25), (ONE,))
    assert only_listing([Listing(Decimal(0), (ONE,)), free, free]) == free
