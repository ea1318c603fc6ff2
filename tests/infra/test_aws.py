"""What the program asks AWS for."""

import json
from typing import Any

import pytest

from core.workflow.pipeline import PIPELINE

# A service forces these to name no resource: see the comments in components/aws.
WILDCARDS = {
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
}


def statements(graph, role: str) -> list[dict[str, Any]]:
    policies = [each for each in graph.of("RolePolicy") if each.name == role]
    return [each for policy in policies for each in json.loads(policy.inputs["policy"])["Statement"]]


def granted(graph, role: str) -> set[tuple[str, str]]:
    return {
        (action, resource)
        for statement in statements(graph, role)
        for action in statement["Action"]
        for resource in statement["Resource"]
        if resource != "*"
    }


def bucket_part(graph, suffix: str, bucket: str) -> dict[str, Any]:
    (found,) = [each for each in graph.of(suffix) if each.inputs["bucket"] == bucket]
    return found.inputs


@pytest.mark.parametrize("bucket", ["twinlens-input", "twinlens-output"])
def test_no_bucket_is_public_or_readable_without_tls(aws, bucket):
    block = bucket_part(aws, "BucketPublicAccessBlock", bucket)
    assert all(
        block[each]
        for each in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    )
    assert bucket_part(aws, "BucketOwnershipControls", bucket)["rule"] == {
        "objectOwnership": "BucketOwnerEnforced"
    }
    (deny,) = json.loads(bucket_part(aws, "BucketPolicy", bucket)["policy"])["Statement"]
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert len(deny["Resource"]) == 2
    (rule,) = bucket_part(aws, "BucketServerSideEncryptionConfiguration", bucket)["rules"]
    assert rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"] == "AES256"


def test_only_the_input_bucket_announces_and_only_once(aws):
    assert [each.inputs for each in aws.of("BucketNotification")] == [
        {"bucket": "twinlens-input", "eventbridge": True}
    ]


def test_what_steps_leave_for_each_other_goes_after_a_day(aws):
    rules = bucket_part(aws, "BucketLifecycleConfiguration", "twinlens-output")["rules"]
    (rule,) = [rule for rule in rules if "expiration" in rule]
    assert (rule["filter"], rule["expiration"]) == ({"prefix": "work/"}, {"days": 1})
    rules = bucket_part(aws, "BucketLifecycleConfiguration", "twinlens-input")["rules"]
    assert not [rule for rule in rules if "expiration" in rule]


def test_the_ledger_costs_by_use_and_forgets(aws):
    table = aws.one("Table").inputs
    assert table["billingMode"] == "PAY_PER_REQUEST"
    assert table["ttl"] == {"attributeName": "expires_at", "enabled": True}


def test_each_step_has_a_function_with_its_settings(aws, archive):
    functions = {
        each.inputs["environment"]["variables"]["TWINLENS_STEP"]: each.inputs for each in aws.of("Function")
    }
    assert set(functions) == {step.name for step in PIPELINE.steps()}
    for function in functions.values():
        assert function["code"].path == str(archive)
        assert (function["memorySize"], function["timeout"], function["architectures"]) == (
            1024,
            30,
            ["arm64"],
        )
        assert function["runtime"] == "python3.13"
        assert function["tracingConfig"] == {"mode": "Active"}
        assert function["environment"]["variables"]["TWINLENS_OUTPUT_CONTAINER"] == "twinlens-output"


def test_each_function_writes_to_a_log_group_that_was_there_before(aws):
    groups = {each.name: each.inputs for each in aws.of("LogGroup")}
    for function in aws.of("Function"):
        assert function.inputs["loggingConfig"] == {"logGroup": function.name, "logFormat": "JSON"}
        assert groups[function.name]["retentionInDays"] == 30


def test_no_statement_is_wider_than_its_service_forces(aws):
    for policy in aws.of("RolePolicy"):
        for statement in json.loads(policy.inputs["policy"])["Statement"]:
            assert not [action for action in statement["Action"] if "*" in action]
            if "*" in statement["Resource"]:
                assert set(statement["Action"]) <= WILDCARDS


def test_each_role_is_taken_on_by_its_own_service(aws):
    services = {
        role.name: json.loads(role.inputs["assumeRolePolicy"])["Statement"][0]["Principal"]["Service"]
        for role in aws.of("Role")
    }
    assert services.pop("twinlens-workflow") == "states.amazonaws.com"
    assert services.pop("twinlens-upload") == "events.amazonaws.com"
    assert set(services.values()) == {"lambda.amazonaws.com"}


def test_uploads_reach_the_state_machine_and_what_does_not_is_kept(aws):
    target = aws.one("EventTarget", "upload").inputs
    assert target["arn"] == aws_arn("sfn", "twinlens-workflow")
    assert target["deadLetterConfig"] == {"arn": aws_arn("sqs", "twinlens-upload-undelivered")}
    assert target["retryPolicy"]["maximumRetryAttempts"] == 185
    assert granted(aws, "twinlens-upload") == {("states:StartExecution", aws_arn("sfn", "twinlens-workflow"))}
    allow, deny = json.loads(aws.one("QueuePolicy", "upload").inputs["policy"])["Statement"]
    assert allow["Principal"] == {"Service": "events.amazonaws.com"}
    assert allow["Condition"] == {"ArnEquals": {"aws:SourceArn": [aws_arn("cloudwatch", "twinlens-upload")]}}
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert all(queue.inputs["sqsManagedSseEnabled"] for queue in aws.of("Queue"))


def test_the_rule_asks_for_the_bucket_the_prefix_and_the_suffixes(aws):
    pattern = json.loads(aws.one("EventRule", "upload").inputs["eventPattern"])
    assert pattern["detail"]["bucket"] == {"name": ["twinlens-input"]}
    keys = [each["wildcard"] for each in pattern["detail"]["object"]["key"]]
    assert {"incoming/*.jpg", "incoming/*.JPG", "incoming/*.Jpg", "incoming/*.heic"} <= set(keys)
    assert len(json.dumps(pattern)) < 2048  # EventBridge takes no longer ones


def test_the_state_machine_is_watched(aws):
    machine = aws.one("StateMachine").inputs
    assert machine["tracingConfiguration"] == {"enabled": True}
    assert machine["loggingConfiguration"]["level"] == "ERROR"
    assert aws.one("LogGroup", "workflow").inputs["retentionInDays"] == 30


def test_every_target_keeps_what_it_could_not_deliver(aws):
    targets = aws.of("EventTarget")
    dead = {each.inputs["deadLetterConfig"]["arn"] for each in targets}
    assert dead == {aws_arn("sqs", queue.name) for queue in aws.of("Queue")}
    assert len(targets) == len(dead) == 2


def test_an_execution_that_ends_without_a_word_reaches_the_error_topic(aws):
    pattern = json.loads(aws.one("EventRule", "lost").inputs["eventPattern"])["detail"]
    assert pattern["stateMachineArn"] == [aws_arn("sfn", "twinlens-workflow")]
    assert {"status": ["FAILED"], "error": [{"anything-but": ["JobFailed"]}]} in pattern["$or"]
    assert {"status": ["TIMED_OUT", "ABORTED"]} in pattern["$or"]
    target = aws.one("EventTarget", "lost").inputs
    assert target["arn"] == aws_arn("sns", "twinlens-error")


def test_only_the_rule_and_the_alarms_may_tell_the_error_topic_without_a_role(aws):
    policy = aws.one("TopicPolicy", "error").inputs
    assert policy["arn"] == aws_arn("sns", "twinlens-error")
    [other] = json.loads(aws.one("TopicPolicy", "success").inputs["policy"])["Statement"]
    assert other["Effect"] == "Deny"
    *allows, deny = json.loads(policy["policy"])["Statement"]
    sources = {
        each["Principal"]["Service"]: sorted(each["Condition"]["ArnEquals"]["aws:SourceArn"])
        for each in allows
    }
    assert sources == {
        "events.amazonaws.com": [aws_arn("cloudwatch", "twinlens-lost")],
        "cloudwatch.amazonaws.com": sorted(
            aws_arn("cloudwatch", each.name) for each in aws.of("MetricAlarm")
        ),
    }
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_the_alarms_go_to_the_error_topic_and_stay_silent_without_data(aws):
    alarms = {each.name: each.inputs for each in aws.of("MetricAlarm")}
    assert set(alarms) == {f"twinlens-{each}" for each in ("failed", "undelivered", "throttled", "slow")}
    for alarm in alarms.values():
        assert alarm["alarmActions"] == alarm["okActions"] == [aws_arn("sns", "twinlens-error")]
        assert alarm["treatMissingData"] == "notBreaching"
        assert [query["id"] for query in alarm["metricQueries"] if query.get("returnData")] == ["total"]
    assert alarms["twinlens-slow"]["threshold"] == 30_000
    throttled = alarms["twinlens-throttled"]["metricQueries"]
    assert len(throttled) == len(PIPELINE.steps()) + 1


def test_the_dashboard_and_the_saved_queries_see_every_function(aws):
    body = json.loads(aws.one("Dashboard").inputs["dashboardBody"])
    shown = json.dumps(body)
    assert all(f'"{each.name}"' in shown for each in (*aws.of("Function"), *aws.of("Queue")))
    groups = sorted(each.name for each in aws.of("LogGroup") if "workflow" not in each.name)
    for query in aws.of("QueryDefinition"):
        assert sorted(query.inputs["logGroupNames"]) == groups
        assert query.inputs["name"].startswith("twinlens-workflow/")


def test_errors_reach_the_e_mail_address(aws):
    subscription = aws.one("TopicSubscription").inputs
    assert (subscription["protocol"], subscription["endpoint"]) == ("email", "ops@example.com")
    assert subscription["topic"] == aws_arn("sns", "twinlens-error")


def aws_arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:us-east-1:123456789012:{name}"


def test_an_express_state_machine_ends_in_time_and_logs_what_it_has_no_history_of(run):
    graph = run({"cloud": "aws", "orchestrator": "express"})
    machine = graph.one("StateMachine").inputs
    assert machine["type"] == "EXPRESS"
    assert machine["loggingConfiguration"]["level"] == "ALL"
    assert json.loads(machine["definition"])["TimeoutSeconds"] == 300
    assert [rule.name for rule in graph.of("EventRule")] == ["twinlens-upload"]
    assert {queue.name for queue in graph.of("Queue")} == {"twinlens-upload-undelivered"}
    assert "twinlens-failed" in {alarm.name for alarm in graph.of("MetricAlarm")}
