"""What Azure tells, in the forms of its REST reference."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from azure_answers import ACCOUNTS, APP, TOPIC, WORKSPACE, MemoryRest

from compare.collecting.asking import Unreported, Window
from compare.collecting.azure.collect import AzureAccount
from compare.collecting.azure.metrics import total
from compare.collecting.azure.storage import meter_of
from compare.collecting.billed import FunctionFigures
from compare.prices.reading import load

OUTPUTS = {"metered": {"app": APP, "accounts": ACCOUNTS, "topic": TOPIC, "workspace": WORKSPACE}}


@pytest.fixture
def collect(azure, make_head, window):
    def collected(at=window, **changes):
        rest = MemoryRest(azure)
        run = make_head("azure", ["a.jpg"], **{"where": "cloud", "orchestrator": "storage", **changes})
        return AzureAccount(at, arm=rest, workspace=rest, outputs=OUTPUTS, run=run).collect()

    return collected


def test_everything_is_reported_with_its_source(azure, collect):
    billed = collect()
    quantities = {each.meter: each.quantity for each in billed.figures}
    assert quantities == {
        "azure.functions.flex.gb_seconds": 6,  # 6,144,000 MB-ms
        "azure.functions.flex.executions": 33,
        "azure.blob.write_operations": 21,  # with the listing
        "azure.blob.read_operations": 12 + 3 + 6,  # with the other operations
        "azure.queue.operations": 12,  # more kinds than Azure tells by default
        "azure.table.operations": 60,
        "azure.eventgrid.operations": 4,
        "azure.monitor.log_gb": Decimal("0.000064"),
    }
    assert all(each.source and each.scope == "window" for each in billed.figures)
    notes = {each.meter: each.note for each in billed.figures}
    assert notes["azure.blob.read_operations"].startswith("Transactions: 15 in the account photos, 6 in")
    assert billed.functions == (
        FunctionFigures("claim", 2, Decimal("61.5")),
        FunctionFigures("validate", 2, Decimal("310.25")),
    )
    assert {name for gap in billed.gaps for name in gap.meters} == {
        "azure.blob.storage_gb_months",
        "azure.table.storage_gb_months",
    }
    named = {*quantities, *(name for gap in billed.gaps for name in gap.meters)}
    assert named <= set(load().meters)


def test_asks_for_the_runs_own_time(azure, collect, window):
    collect()
    metrics = [query for _, query, body in azure.asked if body is None]
    assert {query["timespan"] for query in metrics} == {
        "2026-01-05T12:00:00Z/2026-01-05T12:03:00Z",
        "2026-01-05T12:00:00Z/2026-01-05T12:08:00Z",  # an instance's last minutes are told late
    }
    assert all(query["aggregation"] == "Total" and query["api-version"] for query in metrics)
    bodies = [body for *_, body in azure.asked if body]
    assert {body["timespan"] for body in bodies} == {"2026-01-05T12:00:30Z/2026-01-05T12:02:40Z"}


def test_a_scheduler_adds_a_gap(collect):
    assert "Durable Task Scheduler" not in {gap.source for gap in collect().gaps}
    gaps = {gap.source: gap for gap in collect(orchestrator="scheduler").gaps}
    assert gaps["Durable Task Scheduler"].meters == ("azure.durable.scheduler_actions",)


def test_an_emulator_is_not_asked(azure, collect):
    billed = collect(where="emulator")
    assert azure.asked == []
    assert billed.figures == ()
    assert not any(gap.again for gap in billed.gaps)


def test_a_run_that_has_just_ended_is_not_asked_about(azure, collect):
    now = datetime.now(UTC)
    billed = collect(Window(now - timedelta(minutes=2), now - timedelta(minutes=1)))
    assert azure.asked == []
    assert billed.figures == ()
    assert all("up to 10 minutes" in gap.reason for gap in billed.gaps if gap.again)


def test_zeros_are_not_yet_counted(azure, collect):
    azure.metrics = {key: [0.0, None] for key in azure.metrics}
    azure.operations = {key: {"GetBlob": [0.0]} for key in azure.operations}
    azure.tables = {
        "AppRequests": (["Name", "requests", "duration"], []),
        "_BilledSize": (["bytes", "records"], [[0, 0]]),
    }
    billed = collect()
    assert billed.figures == ()
    assert sum(gap.again for gap in billed.gaps) == 7


def test_an_unknown_metric_is_no_zero(azure, window):
    with pytest.raises(Unreported, match="has no FunctionExecutionUnits"):
        total(MemoryRest(azure), APP, ["FunctionExecutionUnits"], window)


def test_a_part_of_a_query_is_nothing(azure, collect):
    azure.error = {"code": "PartialError", "message": "There were some errors when processing your query."}
    billed = collect()
    (gap,) = (gap for gap in billed.gaps if gap.again)
    assert gap.meters == ("azure.monitor.log_gb",)
    assert "Only a part" in gap.reason
    assert billed.functions == ()


@pytest.mark.parametrize(
    ("service", "operation", "meter"),
    [
        ("blob", "PutBlockList", "azure.blob.write_operations"),
        ("blob", "ListContainers", "azure.blob.write_operations"),
        ("blob", "AcquireBlobLease", "azure.blob.read_operations"),
        ("blob", "DeleteBlob", None),
        ("queue", "GetMessages", "azure.queue.operations"),
        ("table", "InsertOrReplaceEntity", "azure.table.operations"),
    ],
)
def test_operations_are_billed_as_microsoft_lists_them(service, operation, meter):
    assert meter_of(service, operation) == meter
