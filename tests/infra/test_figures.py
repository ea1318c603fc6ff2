"""The amounts that README and guides quote are those of `twinlens estimate`, for the pipeline as it comes."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
import typer
from pulumi.runtime import set_all_config
from typer.testing import CliRunner

from cli import estimate
from compare.cost.exact import dollars
from compare.prices.reading import load
from core.workflow.granularity import STEPWISE, pipeline_in

ROOT = Path(__file__).parents[2]
AS_IT_COMES = ["validate", "resize", "apply_filters", "optimize"]
pytestmark = pytest.mark.skipif(
    [step.name for step in pipeline_in(STEPWISE).steps()] != AS_IT_COMES,
    reason="The amounts are those of the pipeline without added steps.",
)
app = typer.Typer()
app.command()(estimate.estimate)


@pytest.fixture(autouse=True)
def no_config():
    yield
    set_all_config({})


def bills(stack, images, *options):
    arguments = ["--stack", stack, "--images-per-month", str(images), "--json", *options]
    [found] = json.loads(CliRunner().invoke(app, arguments).output)["stacks"]
    return found["months"][0]["bills"]


def quoted(page, *parts):
    """See that the page says this, wherever its lines are broken."""
    text = " ".join((ROOT / page).read_text().split())
    for part in parts:
        assert part in text, f"{page} does not say {part!r}"


def money(amount):
    return dollars(Decimal(amount))


def line(bill, meter):
    return next(Decimal(each["amount"]) for each in bill["lines"] if each["meter"] == meter)


def test_what_an_idle_stack_costs_on_aws():
    free, whole = bills("aws", 0), bills("aws", 0, "--no-free-tier")
    assert Decimal(free["high"]["total_high"]) < Decimal("0.01")
    dear = money(whole["high"]["total_high"])
    dashboard = money(line(whole["expected"], "aws.cloudwatch.dashboards"))
    gigabyte = load().price("aws.s3.storage_gb_months", "us-east-1").tiers[0].price
    quoted("README.md", "that is less than a cent a month on AWS", f"({dear} without it)")
    quoted(
        "docs/deploy-aws.md",
        "costs less than a cent a month",
        f"it is {dear}, {dashboard} of it for the dashboard",
    )
    quoted("docs/deploy-aws.md", f"${gigabyte} a GB and month")


def test_what_an_idle_stack_costs_on_azure():
    made = bills("azure", 0)
    low, high = Decimal(made["low"]["total_low"]), Decimal(made["high"]["total_high"])
    quoted("README.md", f"between {money(low)} and {money(high)} on Azure, for the alerts")
    assert round(low, 2) == line(made["expected"], "azure.monitor.log_alerts")
    assert line(made["high"], "azure.monitor.metric_alerts") == 0
    gigabyte = load().price("azure.blob.storage_gb_months", "eastus2").tiers[0].price
    quoted(
        "docs/deploy-azure.md",
        f"costs {money(low)} a month",
        "all of it for the three log alerts",
        f"up to {money(high - low)} more",
        f"${gigabyte} a GB and month",
    )


def test_what_a_hundred_thousand_photos_cost():
    said = []
    for stack in ("aws", "azure"):
        made = bills(stack, 100_000)
        low, high = money(made["low"]["total_low"]), money(made["high"]["total_high"])
        said.append((money(made["expected"]["total"]), f"between {low} and {high}"))
    (aws, aws_range), (azure, azure_range) = said
    quoted(
        "README.md",
        f"{aws} on AWS (us-east-1, {aws_range})",
        f"{azure} on Azure (eastus2, {azure_range})",
    )
