from dataclasses import replace
from decimal import Decimal

import pytest

from compare.folder import read
from compare.prices.reading import load
from compare.report import build
from compare.report.costs import VOLUMES, priced
from compare.report.measured import measure
from core.workflow import granularity
from core.workflow.model import Step, Task


@pytest.fixture
def measured(make_run, make_record):
    def make(stack, pace=1.0, **changes):
        records = [make_record(f"{at}.jpg", at=4000 * at, pace=pace) for at in range(4)]
        return measure(read(make_run(stack, records, **changes)), stack)

    return make


def test_a_thousand_photos_are_billed_line_by_line(measured):
    (cost,) = build([measured("aws-local").folder]).costs
    assert cost.per_thousand == sum(line.amount for line in cost.lines)
    assert cost.per_thousand == sum(cost.by_purpose.values())
    assert cost.by_purpose["functions"] > 0
    assert cost.by_purpose["workflow"] > 0
    assert all(line.formula and line.source and line.date for line in cost.lines)


def test_a_month_is_the_thousand_times_its_volume_and_what_the_stack_costs_anyway(measured):
    (cost,) = build([measured("aws-local").folder], images_per_month=50_000).costs
    assert cost.images_per_month == 50_000
    stands = {line.meter: line for line in cost.lines if not line.amount}
    assert stands.keys() == {"aws.cloudwatch.alarms", "aws.cloudwatch.dashboards", "aws.dynamodb.read_units"}
    alarms = stands["aws.cloudwatch.alarms"].month + stands["aws.cloudwatch.dashboards"].month
    assert alarms == Decimal("4.00")  # as docs/deploy-aws.md says of a month without photos
    month = sum(line.month for line in stands.values())
    assert cost.month - month == pytest.approx(cost.per_thousand * 50, rel=Decimal("0.005"))  # the reconciler
    assert cost.month_low <= cost.month_with_free_tier <= cost.month_high < cost.month
    assert sum(line.month for line in cost.lines) == cost.month
    assert sum(line.month_with_free_tier for line in cost.lines) == cost.month_with_free_tier


def test_rejected_files_do_not_make_photos_look_cheaper(make_run, make_record):
    good = [make_record(f"{at}.jpg", at=4000 * at) for at in range(3)]
    bad = [make_record(f"bad{at}.jpg", at=90_000 + 4000 * at, state="rejected") for at in range(3)]
    alone, mixed = (
        build([read(make_run("aws-local", records, name=name))]).costs[0].per_thousand
        for name, records in (("alone", good), ("mixed", [*good, *bad]))
    )
    assert mixed == alone


def test_slower_steps_cost_more_compute(measured):
    quick, slow = (
        build([measured("aws-local", pace=pace, name=f"run{pace}").folder]).costs[0] for pace in (1.0, 3.0)
    )
    assert slow.by_purpose["functions"] > quick.by_purpose["functions"]
    assert slow.by_purpose["workflow"] == quick.by_purpose["workflow"]


def test_more_photos_never_cost_less(measured):
    (cost,) = build([measured("azure-local", region="eastus2").folder]).costs
    assert [point.images for point in cost.volumes] == list(VOLUMES)
    for bound in ("low", "amount", "high"):
        amounts = [getattr(point, bound) for point in cost.volumes]
        assert amounts == sorted(amounts)


def test_an_unknown_region_takes_the_home_regions_prices(measured):
    run = priced(measured("aws-local", region="mars-north-1"), load())
    assert run is not None
    assert run.region == "us-east-1"


@pytest.fixture
def longer_definition(monkeypatch):
    """The definition with a step more after validation, as somebody would add it."""
    moderate = Task("moderate", Step("moderate", frozenset({"input"}), frozenset()))
    states = (*granularity.PIPELINE.states[:2], moderate, *granularity.PIPELINE.states[2:])
    monkeypatch.setattr(granularity, "PIPELINE", replace(granularity.PIPELINE, states=states))
    granularity.pipeline_in.cache_clear()
    yield
    monkeypatch.undo()
    granularity.pipeline_in.cache_clear()


@pytest.mark.parametrize("stack", ["aws-local", "azure-local"])
def test_a_run_is_priced_by_its_own_workflow(measured, stack, request):
    region = {"aws-local": "us-east-1", "azure-local": "eastus2"}[stack]
    before = build([measured(stack, region=region).folder]).costs
    request.getfixturevalue("longer_definition")
    assert build([measured(stack, region=region, name="later").folder]).costs == before


def test_nothing_is_billed_where_all_was_lost(make_run, make_record):
    folder = read(make_run("aws-local", [make_record("a.jpg", state="lost")]))
    assert priced(measure(folder, "x"), load()) is None
    assert build([folder]).costs == ()
