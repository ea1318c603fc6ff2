"""All that AWS tells of a run, from answers in the forms of its API references."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from compare.collecting.asking import Unreported, Window
from compare.collecting.aws.collect import AwsAccount
from compare.prices.reading import load

STEPS = ("validate", "resize", "apply_filters", "optimize")
OUTPUTS = {
    "workflow": "arn:aws:states:us-east-1:1:stateMachine:pipeline",
    "ledger": "ledger",
    "successTopic": "arn:aws:sns:us-east-1:1:success",
    "errorTopic": "arn:aws:sns:us-east-1:1:error",
    "metered": {"logGroups": {step: f"group-{step}" for step in STEPS}},
}


class Aws:
    """Stands in for boto3's clients; ``lines`` are the logs and ``metrics`` the sums, by name."""

    def __init__(self, own=("r1", "r2", "r3", "r4"), metadata=True):
        events = [{"type": "ExecutionStarted"}]
        for request in own:
            details = {"resourceType": "lambda", "resource": "invoke"}
            output = {"SdkResponseMetadata": {"RequestId": request}} if metadata else {}
            events += [
                {"type": "TaskStateEntered"},
                {"type": "TaskScheduled", "taskScheduledEventDetails": details},
                {
                    "type": "TaskSucceeded",
                    "taskSucceededEventDetails": {**details, "output": json.dumps(output)},
                },
            ]
        self.events = [*events, {"type": "ExecutionSucceeded"}]
        self.lines = {f"group-{step}": [report(request)] for step, request in zip(STEPS, own, strict=True)}
        self.metrics = {
            "ConsumedWriteCapacityUnits": 6.0,
            "NumberOfMessagesPublished": 1.0,
            "IncomingBytes": 2.0**20,
            "ExecutionsStarted": 2.0,
            "ExpressExecutionBilledDuration": 3200.0,
            "ExpressExecutionBilledMemory": 64.0,
        }
        self.asked = []

    def client(self, service):
        self.asked.append(service)
        pages = {"get_execution_history": self.history, "filter_log_events": self.logs}
        return SimpleNamespace(
            get_paginator=lambda name: SimpleNamespace(paginate=pages[name]),
            get_metric_statistics=self.statistics,
        )

    def history(self, **_):
        return [{"events": self.events}]

    def logs(self, logGroupName, **_):
        return [{"events": [{"message": line} for line in self.lines[logGroupName]]}]

    def statistics(self, MetricName, Statistics, Dimensions, **_):
        if MetricName not in self.metrics or Dimensions[0]["Value"] == "error":
            return {"Datapoints": []}
        unit = {"ExpressExecutionBilledDuration": "Milliseconds", "ExpressExecutionBilledMemory": "Megabytes"}
        point = {Statistics[0]: self.metrics[MetricName], "Unit": unit.get(MetricName, "Count")}
        return {"Datapoints": [{"Timestamp": datetime(2026, 1, 5, 12, tzinfo=UTC), **point}]}


def report(request, billed=250):
    memory = "Memory Size: 1024 MB\tMax Memory Used: 90 MB"
    return f"REPORT RequestId: {request}\tDuration: 249.5 ms\tBilled Duration: {billed} ms\t{memory}"


@pytest.fixture
def collect(make_head, make_record, window):
    def collected(aws, at=window, **changes):
        run = make_head("aws", ["a.jpg"], **{"where": "cloud", **changes})
        records = [make_record("a.jpg"), make_record("b.jpg", state="lost")]
        return AwsAccount(at, client=aws.client, outputs=OUTPUTS, run=run, records=records).collect()

    return collected


def test_everything_is_reported_with_its_source(collect):
    billed = collect(Aws())
    assert {each.meter: (each.quantity, each.scope) for each in billed.figures} == {
        "aws.stepfunctions.transitions": (4, "jobs"),
        "aws.lambda.requests": (4, "jobs"),
        "aws.lambda.gb_seconds.arm64": (1, "jobs"),
        "aws.dynamodb.write_units": (6, "window"),
        "aws.sns.publishes": (1, "window"),
        "aws.cloudwatch.log_gb": (4 * Decimal(2**20) / 2**30, "window"),
    }
    assert [each.step for each in billed.functions] == list(STEPS)
    assert not any(gap.again for gap in billed.gaps)
    named = {each.meter for each in billed.figures} | {name for gap in billed.gaps for name in gap.meters}
    assert named <= set(load().meters)
    assert "aws.s3.put_requests" in named


def test_only_the_runs_own_requests_count_where_they_are_known(collect):
    aws = Aws()
    aws.lines["group-resize"].append(report("somebody-else", 100_000))
    figures = {each.meter: each for each in collect(aws).figures}
    assert figures["aws.lambda.gb_seconds.arm64"].quantity == 1


def test_without_names_everything_at_that_time_counts_and_is_said_to(collect):
    aws = Aws(metadata=False)
    aws.lines["group-resize"].append(report("somebody-else"))
    figures = {each.meter: each for each in collect(aws).figures}
    assert figures["aws.lambda.requests"].quantity == 5
    assert figures["aws.lambda.requests"].scope == "window"


@pytest.mark.parametrize("metadata", [True, False])
def test_reports_that_have_not_all_come_are_not_added_up(collect, metadata):
    aws = Aws(metadata=metadata)
    aws.lines["group-optimize"] = []
    billed = collect(aws)
    (gap,) = (gap for gap in billed.gaps if gap.again)
    assert gap.meters == ("aws.lambda.requests", "aws.lambda.gb_seconds.arm64")
    assert gap.reason == f"3 of {'' if metadata else 'at least '}4 have arrived."
    assert billed.functions == ()


def test_histories_that_are_gone_leave_the_rest(collect, monkeypatch):
    def gone(*_):
        raise Unreported("It does not exist, or was deleted.")

    monkeypatch.setattr("compare.collecting.aws.collect.histories", gone)
    billed = collect(Aws())
    assert billed.gaps[0].meters == ("aws.stepfunctions.transitions",)
    assert {each.meter: each.scope for each in billed.figures}["aws.lambda.requests"] == "window"


def test_express_is_reported_by_metrics_and_has_no_histories(collect):
    aws = Aws()
    billed = collect(aws, orchestrator="express")
    figures = {each.meter: each.quantity for each in billed.figures}
    assert figures["aws.stepfunctions.express_requests"] == 2
    assert figures["aws.stepfunctions.express_gb_seconds"] == Decimal("0.2")
    assert "aws.stepfunctions.transitions" not in figures
    assert "stepfunctions" not in aws.asked


def test_an_emulator_tells_histories_and_reports_only(collect):
    aws = Aws(metadata=False)
    now = datetime.now(UTC)
    billed = collect(aws, Window(now, now), where="emulator")
    assert "cloudwatch" not in aws.asked
    assert {each.meter for each in billed.figures} == {
        "aws.stepfunctions.transitions",
        "aws.lambda.requests",
        "aws.lambda.gb_seconds.arm64",
    }
    assert not any(gap.again for gap in billed.gaps)
    assert {(each.cold, each.init_ms) for each in billed.functions} == {(None, None)}


def test_metrics_of_a_run_that_has_just_ended_come_later(collect, window):
    now = datetime.now(UTC)
    billed = collect(Aws(), replace(window, began=now, ended=now))
    again = {name for gap in billed.gaps if gap.again for name in gap.meters}
    assert again == {"aws.dynamodb.write_units", "aws.sns.publishes", "aws.cloudwatch.log_gb"}
