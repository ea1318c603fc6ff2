"""What it costs to show results: the published prices, times what is counted by hand."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from compare.billing.azure_front_door import profile
from compare.cost.bill import price
from compare.metering import viewing
from compare.metering.assumptions import BOUNDS, CDN
from compare.metering.clouds import assumed, cloud_of
from compare.metering.stack import Stack
from compare.metering.standing import WAF_RULES
from compare.metering.viewing import GB, ORIGINS, PROBE_SECONDS
from compare.prices.reading import load
from components.azure import cdn
from components.front_door_settings import RATE_LIMIT, RATE_MINUTES
from core.workflow.granularity import pipeline_in

AWS = Stack("aws", "standard", "stepwise", "arm64", 1024, "us-east-1", front_door=True, cdn=True)
AZURE = Stack("azure", "storage", "stepwise", "x86_64", 2048, "eastus2", front_door=True, cdn=True)
EACH = Decimal(60_000)
MILLION = Decimal(1_000_000)
STORE = re.compile("s3|blob|origin")  # one result, which edges fetch once


def usage(stack, views, bound="expected"):
    return {each.meter: each.quantity for each in cloud_of(stack).viewing(stack, views, EACH, bound)}


def bill(stack, views, *, free_tier=True):
    return price(cloud_of(stack).viewing(stack, views, EACH, "expected"), load(), [stack.region], free_tier)


def paid(stack, views, *, free_tier=True):
    """Return what views cost by meter, to a cent."""
    return {line.meter.name: round(line.amount, 2) for line in bill(stack, views, free_tier=free_tier).lines}


def standing(stack):
    readings = cloud_of(stack).standing(stack, pipeline_in(stack.granularity))
    return {line.meter.name: line.amount for line in price(readings, load(), [stack.region]).lines}


def test_a_view_is_a_request_and_the_bytes_of_one_result():
    assert usage(AWS, Decimal(1000)) == {
        "aws.cloudfront.requests": 1000,
        "aws.cloudfront.out_gb": 1000 * EACH / 1024**3,
        "aws.s3.get_requests": 500,
        "aws.cloudwatch.log_gb": 1000 * Decimal(356) / 1024**3,  # 330 and 26 for each event
    }
    assert usage(AZURE, Decimal(1000)) == {
        "azure.frontdoor.requests.standard": 1000,
        "azure.frontdoor.out_gb": 1000 * EACH / 1024**3,
        "azure.frontdoor.origin_gb": 500 * Decimal(2_000) / 1024**3,
        "azure.blob.read_operations": 500,
        "azure.monitor.log_gb": 1000 * Decimal(1_200) / 10**9,
    }


def test_a_hundred_million_views_by_hand():
    # 5,587.9 GB. On AWS 90 million requests beyond the free ten at $0.01 for ten thousand, 4,563.9 GB beyond
    # the free 1,024 at $0.085, half as many reads of S3 at $0.004 for ten thousand, and 28.2 GB of log beyond
    # the free 5 at $0.50.
    assert paid(AWS, 100 * MILLION) == {
        "aws.cloudfront.requests": 90,
        "aws.cloudfront.out_gb": Decimal("387.93"),
        "aws.s3.get_requests": 20,
        "aws.cloudwatch.log_gb": Decimal("14.08"),
    }
    # On Azure $0.009 for ten thousand requests, $0.0825 a GB, and 93.1 GB to the store at $0.02.
    # The log has 120 GB, of which 5 are free, at $2.76.
    assert paid(AZURE, 100 * MILLION) == {
        "azure.frontdoor.requests.standard": 90,
        "azure.frontdoor.out_gb": Decimal("461.00"),
        "azure.frontdoor.origin_gb": Decimal("1.86"),
        "azure.blob.read_operations": 20,
        "azure.monitor.log_gb": Decimal("317.40"),
    }


def test_europe_pays_more_for_requests_to_cloudfront():
    ireland = replace(AWS, region="eu-west-1")
    assert paid(ireland, MILLION, free_tier=False)["aws.cloudfront.requests"] == Decimal("1.20")


def test_a_firewall_costs_a_fee_its_rules_and_each_request_on_aws_and_nothing_on_azure():
    walled = replace(AWS, waf=True)
    assert {
        name: amount - standing(AWS).get(name, 0)
        for name, amount in standing(walled).items()
        if name.startswith("aws.waf")
    } == {
        "aws.waf.web_acls": 5,
        "aws.waf.rules": WAF_RULES,
    }
    assert paid(walled, MILLION)["aws.waf.requests"] == Decimal("0.60")
    assert standing(replace(AZURE, waf=True)) == standing(AZURE)


@pytest.mark.parametrize(
    ("name", "stack"), [("aws", AWS), ("aws with `waf`", replace(AWS, waf=True)), ("azure", AZURE)]
)
def test_the_table_of_bills_by_hand_is_what_is_metered(name, stack):
    page = (Path(__file__).parents[4] / "docs" / "prices.md").read_text()
    [row] = [line for line in page.splitlines() if line.startswith(f"| {name} | $")]
    fees = sum(standing(stack).values()) - sum(standing(replace(stack, waf=False, cdn=False)).values())
    fees += price(cloud_of(stack).idle(stack, 0, "expected"), load(), [stack.region]).total
    bills = [fees + bill(stack, Decimal(views)).total for views in (0, 10**6, 10**8)]
    assert row == f"| {name} | " + " | ".join(f"${each:,.2f}" for each in bills) + " |"


def test_front_door_s_edges_probe_two_origins_all_month():
    # 730 hours have 10,305.9 times 255 seconds; $0.004 for ten thousand.
    reads = [sum(each.quantity for each in viewing.probes(AZURE, bound)) for bound in BOUNDS]
    assert [round(each) for each in reads] == [2_061_176, 2_061_176, 4_122_353]
    assert viewing.probes(replace(AZURE, cdn=False), "high") == ()
    assert set(viewing.probes(AZURE, "low")) <= set(cloud_of(AZURE).idle(AZURE, 0, "low"))
    assert (ORIGINS, PROBE_SECONDS) == (2, cdn.PROBE_SECONDS)


def test_front_door_has_a_base_fee():
    assert standing(AZURE)["azure.frontdoor.base.standard"] == 35
    assert "azure.frontdoor.base.standard" not in standing(replace(AZURE, cdn=False))


@pytest.mark.parametrize(
    ("stack", "meters"),
    [
        (AWS, {"aws.s3.get_requests", "aws.transfer.out_gb"}),
        (AZURE, {"azure.blob.read_operations", "azure.transfer.out_gb"}),
    ],
)
def test_without_a_cdn_results_come_from_the_store(stack, meters):
    assert set(usage(replace(stack, cdn=False), MILLION)) == meters


@pytest.mark.parametrize("stack", [AWS, AZURE])
def test_its_bounds_are_in_order_and_what_it_assumes_is_listed(stack):
    low, expected, high = (usage(stack, MILLION, bound) for bound in BOUNDS)
    assert all(low[meter] <= expected[meter] <= high[meter] for meter in expected)
    assert {*CDN, viewing.assumed(3)} <= set(assumed([stack], 3))
    assert not {*CDN, viewing.assumed(3)} & set(assumed([replace(stack, front_door=False, cdn=False)], 3))


def test_what_a_day_s_flood_costs():
    page = (Path(__file__).parents[4] / "docs" / "front-door.md").read_text()
    day, answered = Decimal(86_400_000), Decimal(RATE_LIMIT * 24 * 60 // RATE_MINUTES)
    flood = [bill(stack, day, free_tier=False).lines for stack in (AWS, AZURE)]
    without = [sum(line.amount for line in lines if not STORE.search(line.meter.name)) for lines in flood]
    all_day = {
        line.meter.name: line.amount for line in bill(replace(AWS, waf=True), day, free_tier=False).lines
    }
    looked_at, share = all_day["aws.waf.requests"], (day - answered) / day
    logged = [all_day["aws.cloudwatch.log_gb"] * share]
    logged += [line.amount * share for line in flood[1] if line.meter.name == "azure.monitor.log_gb"]
    few = [
        sum(line.amount for line in bill(stack, answered, free_tier=False).lines) for stack in (AWS, AZURE)
    ]
    blocked = price(
        profile(hours=Decimal(0), requests=day - answered, gb=(day - answered) * 1000 / GB), load()
    )
    assert f"{answered:,.0f}\ntimes a day" in page
    assert f"| ${without[0]:.0f} | ${few[0] + looked_at + logged[0]:.0f} |" in page
    assert f"| ${without[1]:.0f} | ${few[1] + blocked.total + logged[1]:.0f} |" in page
