"""What alarms and alerts watch, literally: a watcher with a wrong word in it deploys, and never goes off."""

import json

import pytest

from core.deployment.limits import LEDGER_RETENTION
from core.workflow.photo import PIPELINE

FUNCTIONS = sorted(step.name.replace("_", "-") for step in PIPELINE.steps())
MACHINE = {"StateMachineArn": "arn:aws:sfn:us-east-1:123456789012:twinlens-workflow"}
# By alarm: namespace, metric, statistic and dimensions of what is summed up, and the threshold.
ALARMS = {
    "failed": (
        [("AWS/States", f"Executions{end}", "Sum", MACHINE) for end in ("Failed", "TimedOut")],
        0,
    ),
    **{
        alarm: ([("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", {"QueueName": queue})], 0)
        for alarm, queue in (
            ("undelivered", "twinlens-upload-undelivered"),
            ("untold", "twinlens-lost-undelivered"),
            ("unreconciled", "twinlens-reconciler-failed"),
        )
    },
    "throttled": (
        [("AWS/Lambda", "Throttles", "Sum", {"FunctionName": f"twinlens-{each}"}) for each in FUNCTIONS],
        0,
    ),
    "slow": ([("AWS/States", "ExecutionTime", "p95", MACHINE)], 30_000),
}
QUERIES = {
    "failed": 'AppRequests | where Name in ("pipeline", "pipeline_fused", "pipeline_reviewed", '
    '"pipeline_reviewed_fused") and Success == false',
    "undelivered-poison": 'AppTraces | where Message has "uploads-poison"',
    "slow": (
        'AppTraces | where Message startswith "Job ended: "'
        " | extend job = parse_json(substring(Message, 11))"
        " | summarize arg_max(TimeGenerated, job) by execution = tostring(job.execution)"
        " | extend state = tostring(job.state), took_ms = todouble(job.took_ms)"
        " | summarize p95 = percentile(took_ms, 95)"
        " | where p95 > 30000"
    ),
}
THROTTLED = [
    {
        "name": "ResponseType",
        "operator": "Include",
        "values": [
            "ClientThrottlingError",
            "ClientAccountBandwidthThrottlingError",
            "ClientAccountRequestThrottlingError",
            "ServerBusyError",
        ],
    }
]
# By alert: the last part of the resource's id, the metric and its dimensions.
METRICS = {
    "undelivered": ("twinlens-upload-topic", "DeadLetteredCount", []),
    "throttled-photos": ("twinlensphotos", "Transactions", THROTTLED),
    "throttled-state": ("twinlensstate", "Transactions", THROTTLED),
}


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_watches_the_metrics_that_aws_reports(aws, name):
    (alarm,) = (each.inputs for each in aws.of("MetricAlarm") if each.name == f"twinlens-{name}")
    metrics, threshold = ALARMS[name]
    *queries, total = alarm["metricQueries"]
    assert [
        (each["metric"]["namespace"], each["metric"]["metricName"], each["metric"]["stat"])
        for each in queries
    ] == [each[:3] for each in metrics]
    assert [each["metric"]["dimensions"] for each in queries] == [each[3] for each in metrics]
    assert {each["metric"]["period"] for each in queries} == {300}
    assert [each["id"] for each in queries] == [f"m{number}" for number in range(len(queries))]
    assert not any(each.get("returnData") for each in queries)
    # Without FILL one metric without data makes the whole sum unknown.
    assert total["expression"] == " + ".join(f"FILL(m{number}, 0)" for number in range(len(queries)))
    assert total["returnData"] is True
    assert (alarm["comparisonOperator"], alarm["threshold"]) == ("GreaterThanThreshold", threshold)
    assert (alarm["evaluationPeriods"], alarm["treatMissingData"]) == (1, "notBreaching")
    assert alarm.get("actionsEnabled", True) is True


@pytest.mark.parametrize("name", QUERIES)
def test_an_alert_asks_the_logs_this(azure, name):
    (rule,) = [each.inputs for each in azure.of("ScheduledQueryRule") if each.name == f"twinlens-{name}"]
    assert (rule["enabled"], rule["severity"], rule["kind"]) == (True, 2, "LogAlert")
    assert (rule["windowSize"], rule["evaluationFrequency"]) == ("PT5M", "PT5M")
    assert rule["skipQueryValidation"] is True
    assert rule["criteria"]["allOf"] == [
        {"query": QUERIES[name], "timeAggregation": "Count", "operator": "GreaterThan", "threshold": 0}
    ]


@pytest.mark.parametrize("name", METRICS)
def test_an_alert_watches_the_metric_that_azure_reports(azure, name):
    (alert,) = [each.inputs for each in azure.of("MetricAlert") if each.name == f"twinlens-{name}"]
    resource, metric, dimensions = METRICS[name]
    assert (alert["enabled"], alert["severity"]) == (True, 2)
    assert (alert["windowSize"], alert["evaluationFrequency"]) == ("PT5M", "PT5M")
    assert [scope.split("/")[-1] for scope in alert["scopes"]] == [resource]
    kind = alert["criteria"]["odataType"]
    assert kind == "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria"
    (condition,) = alert["criteria"]["allOf"]
    assert condition["criterionType"] == "StaticThresholdCriterion"
    assert (condition["metricName"], condition["timeAggregation"]) == (metric, "Total")
    assert (condition["operator"], condition["threshold"]) == ("GreaterThan", 0)
    assert condition.get("dimensions", []) == dimensions


def test_there_are_no_other_watchers(aws, azure):
    assert {each.name for each in aws.of("MetricAlarm")} == {f"twinlens-{each}" for each in ALARMS}
    assert {each.name for each in azure.of("ScheduledQueryRule")} == {f"twinlens-{each}" for each in QUERIES}
    assert {each.name for each in azure.of("MetricAlert")} == {f"twinlens-{each}" for each in METRICS}


def test_the_action_group_is_in_force(azure):
    assert azure.one("ActionGroup").inputs["enabled"] is True


def test_dead_letters_are_kept_as_long_as_sqs_keeps_anything(aws):
    assert {each.inputs["messageRetentionSeconds"] for each in aws.of("Queue")} == {1_209_600}


def test_events_are_delivered_for_a_day(aws, azure):
    for target in aws.of("EventTarget"):
        assert target.inputs["retryPolicy"] == {
            "maximumEventAgeInSeconds": 86_400,
            "maximumRetryAttempts": 185,
        }
    assert azure.one("SystemTopicEventSubscription").inputs["retryPolicy"] == {
        "eventTimeToLiveInMinutes": 1440,
        "maxDeliveryAttempts": 30,
    }


def test_the_schedules_of_the_reconciler_are_in_force(aws):
    for schedule in aws.of("Schedule"):
        assert schedule.inputs.get("state", "ENABLED") == "ENABLED"
        target = schedule.inputs["target"]
        assert target["retryPolicy"] == {"maximumEventAgeInSeconds": 3600, "maximumRetryAttempts": 10}
    assert {each.inputs["state"] for each in aws.of("EventRule") if "state" in each.inputs} <= {"ENABLED"}


def test_a_row_expires_by_the_attribute_that_the_claim_writes(aws):
    seconds = round(LEDGER_RETENTION.total_seconds())
    attribute = aws.one("Table").inputs["ttl"]["attributeName"]
    machines = [each for each in aws.of("StateMachine") if each.name != "twinlens-batch"]
    (machine,) = [each for each in machines if each.inputs["type"] == "STANDARD"]
    item = json.loads(machine.inputs["definition"])["States"]["claim"]["Arguments"]["Item"]
    assert f'"{attribute}": {{"N": $string($floor($toMillis($now()) / 1000) + {seconds})}}' in item
