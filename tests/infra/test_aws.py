"""What the program asks AWS for."""

import itertools
import json
import re
from datetime import timedelta
from typing import Any

import pytest

from components.aws.function import LIVE
from core.deployment import variables
from core.deployment.limits import SUFFIXES
from core.deployment.names import OPEN_INDEX
from core.deployment.variables import Reconciler
from core.workflow.granularity import GRANULARITIES, all_steps
from core.workflow.photo import PIPELINE


def machine(graph, kind: str = "STANDARD") -> dict[str, Any]:
    machines = [each for each in graph.of("StateMachine") if each.name != "twinlens-batch"]
    (found,) = [each.inputs for each in machines if each.inputs["type"] == kind]
    return found


def step_functions(graph) -> list[Any]:
    others = ("twinlens-reconciler", "twinlens-batch-summary")
    return [each for each in graph.of("Function") if each.name not in others]


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
        each.inputs["environment"]["variables"]["TWINLENS_STEP"]: each.inputs for each in step_functions(aws)
    }
    assert set(functions) == {step.name for step in all_steps()}
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


def test_everything_calls_the_alias_of_the_newest_version_of_a_function(aws):
    aliases = {each.name: each.inputs for each in aws.of("Alias")}
    for function in aws.of("Function"):
        assert function.inputs["publish"] is True
        alias = aliases.pop(function.name)
        assert (alias["name"], alias["functionName"]) == (LIVE, function.name)
        assert alias["functionVersion"] == f"version of {function.name}"
    assert not aliases
    called = re.findall(
        r"arn:aws:lambda:[\w:-]+", json.dumps([each.inputs for each in aws.resources], default=str)
    )
    assert called
    assert all(arn.endswith(f":{LIVE}") for arn in called)


def test_each_function_writes_to_a_log_group_that_was_there_before(aws):
    groups = {each.name: each.inputs for each in aws.of("LogGroup")}
    for function in aws.of("Function"):
        assert function.inputs["loggingConfig"] == {"logGroup": function.name, "logFormat": "JSON"}
        assert groups[function.name]["retentionInDays"] == 30


def test_what_a_switch_leaves_behind_is_still_there_to_end(run):
    """An execution goes on where it began: no switch takes a machine or a function away from it."""
    kept = {}
    for orchestrator, granularity in itertools.product(("standard", "express"), GRANULARITIES):
        graph = run({"cloud": "aws", "orchestrator": orchestrator, "granularity": granularity})
        kept[orchestrator, granularity] = sorted(
            (each.type, each.name) for each in graph.resources if each.custom
        )
        (target,) = [each.inputs for each in graph.of("EventTarget") if "upload" in each.name]
        assert ("express" in target["arn"]) == (orchestrator == "express")
        assert graph.outputs["workflow"] == target["arn"]
    assert len({json.dumps(each) for each in kept.values()}) == 1


def test_only_functions_in_use_take_their_share_of_the_account_s_concurrency(run):
    graph = run({"cloud": "aws", "maxConcurrency": 50})
    shares = {each.name: each.inputs["reservedConcurrentExecutions"] for each in step_functions(graph)}
    idle = shares.pop("twinlens-process")
    assert (idle, set(shares.values())) == (-1, {50})


def test_callers_of_public_addresses_leave_the_pipeline_its_concurrency(run):
    graph = run({"cloud": "aws", "maxConcurrency": 50, "review": "always", "frontDoor": True})
    shares = {each.name: each.inputs.get("reservedConcurrentExecutions") for each in graph.of("Function")}
    assert (shares["twinlens-review"], shares["twinlens-door"]) == (50, 50)


def test_the_workflow_takes_the_suffixes_first(aws):
    for kind in ("STANDARD", "EXPRESS"):
        definition = json.loads(machine(aws, kind)["definition"])
        first = definition["States"][definition["StartAt"]]
        assert (first["Type"], first["Default"]) == ("Choice", "ignored")
        assert all(f'"{suffix}"' in first["Choices"][0]["Condition"] for suffix in SUFFIXES)


def test_uploads_reach_the_state_machine_and_what_does_not_is_kept(aws):
    target = aws.one("EventTarget", "upload").inputs
    assert target["arn"] == aws_arn("sfn", "twinlens-workflow")
    assert target["deadLetterConfig"] == {"arn": aws_arn("sqs", "twinlens-upload-undelivered")}
    assert target["retryPolicy"]["maximumRetryAttempts"] == 185
    allow, deny = json.loads(aws.one("QueuePolicy", "upload").inputs["policy"])["Statement"]
    assert allow["Principal"] == {"Service": "events.amazonaws.com"}
    assert allow["Condition"] == {"ArnEquals": {"aws:SourceArn": [aws_arn("cloudwatch", "twinlens-upload")]}}
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert all(queue.inputs["sqsManagedSseEnabled"] for queue in aws.of("Queue"))


def test_the_rule_asks_for_the_bucket_and_the_prefix(aws):
    detail = json.loads(aws.one("EventRule", "upload").inputs["eventPattern"])["detail"]
    assert detail == {"bucket": {"name": ["twinlens-input"]}, "object": {"key": [{"prefix": "incoming/"}]}}


def test_the_rule_asks_for_the_suffixes_where_there_is_no_prefix(run):
    graph = run({"cloud": "aws", "inputPrefix": ""})
    detail = json.loads(graph.one("EventRule", "upload").inputs["eventPattern"])["detail"]
    assert {"suffix": {"equals-ignore-case": ".jpg"}} in detail["object"]["key"]
    assert len(detail["object"]["key"]) == len(SUFFIXES)


def test_the_state_machine_is_watched(aws):
    for kind in ("STANDARD", "EXPRESS"):
        assert machine(aws, kind)["tracingConfiguration"] == {"enabled": True}
        assert machine(aws, kind)["loggingConfiguration"]["level"] == "ERROR"
    logs = [each.inputs for each in aws.of("LogGroup") if "workflow" in each.name]
    assert [each["retentionInDays"] for each in logs] == [30, 30]


def test_every_target_keeps_what_it_could_not_deliver(aws):
    targets = [each.inputs for each in aws.of("EventTarget")]
    targets += [each.inputs["target"] for each in aws.of("Schedule")]
    dead = {each["deadLetterConfig"]["arn"] for each in targets}
    assert dead == {aws_arn("sqs", queue.name) for queue in aws.of("Queue")}
    assert (len(targets), len(dead)) == (4, 3)


def test_an_execution_that_ends_without_a_word_reaches_the_error_topic(aws):
    pattern = json.loads(aws.one("EventRule", "lost").inputs["eventPattern"])["detail"]
    assert pattern["stateMachineArn"] == [aws_arn("sfn", "twinlens-workflow")]
    assert {
        "status": ["FAILED"],
        "error": [{"anything-but": ["JobFailed", "NotificationFailed"]}],
    } in pattern["$or"]
    assert {"status": ["TIMED_OUT", "ABORTED"]} in pattern["$or"]
    target = aws.one("EventTarget", "lost").inputs
    assert target["arn"] == aws_arn("sns", "twinlens-error")
    assert target["roleArn"] == aws_arn("iam", "twinlens-lost")  # EventBridge honours no topic's conditions


def test_only_the_alarms_may_publish_to_the_error_topic_without_a_role(aws):
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
        "cloudwatch.amazonaws.com": sorted(
            aws_arn("cloudwatch", each.name) for each in aws.of("MetricAlarm")
        ),
    }
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_the_alarms_go_to_the_error_topic_and_stay_silent_without_data(aws):
    alarms = {each.name: each.inputs for each in aws.of("MetricAlarm")}
    assert set(alarms) == {
        f"twinlens-{each}"
        for each in ("failed", "undelivered", "untold", "unreconciled", "throttled", "slow")
    }
    for alarm in alarms.values():
        assert alarm["alarmActions"] == alarm["okActions"] == [aws_arn("sns", "twinlens-error")]
        assert alarm["treatMissingData"] == "notBreaching"
        assert [query["id"] for query in alarm["metricQueries"] if query.get("returnData")] == ["total"]
    assert alarms["twinlens-slow"]["threshold"] == 30_000
    throttled = alarms["twinlens-throttled"]["metricQueries"]
    assert len(throttled) == len(PIPELINE.steps()) + 1


def test_the_dashboard_shows_every_function_in_use_and_every_queue(aws):
    shown = json.dumps(json.loads(aws.one("Dashboard").inputs["dashboardBody"]))
    for function in step_functions(aws):
        used = function.name != "twinlens-process"
        assert (f'"{function.name}"' in shown) == used
    assert all(f'"{each.name}"' in shown for each in aws.of("Queue"))


def test_saved_queries_ask_all_functions_or_all_machines(aws):
    groups = {each.name for each in aws.of("LogGroup")}
    machines = {name for name in groups if "workflow" in name or name == "twinlens-batch"}
    groups -= {"twinlens-reconciler", "twinlens-batch-summary"}  # their few lines are read where they are
    asked = {each.name.removeprefix("twinlens-"): each.inputs for each in aws.of("QueryDefinition")}
    assert set(asked) == {
        *("errors", "slowest-calls", "cold-starts", "memory"),
        *("failed-executions", "failed-states"),
    }
    for title, query in asked.items():
        assert set(query["logGroupNames"]) == (machines if "failed" in title else groups - machines)
        assert query["name"].startswith("twinlens-workflow/")


def test_errors_reach_the_e_mail_address(aws):
    subscription = aws.one("TopicSubscription").inputs
    assert (subscription["protocol"], subscription["endpoint"]) == ("email", "ops@example.com")
    assert subscription["topic"] == aws_arn("sns", "twinlens-error")


def aws_arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:us-east-1:123456789012:{name}"


@pytest.mark.parametrize(("level", "theirs"), [("all", "ALL"), ("none", "OFF")])
def test_all_state_machines_log_what_was_asked_for(run, level, theirs):
    graph = run({"cloud": "aws", "logLevel": level})
    levels = [each.inputs["loggingConfiguration"]["level"] for each in graph.of("StateMachine")]
    assert levels == [theirs] * 3
    assert graph.outputs["logLevel"] == level


def test_a_step_has_the_memory_and_the_time_that_were_asked_for_it(run):
    steps = {"resize": {"memoryMb": 3008}, "optimize": {"timeoutSeconds": 90, "memoryMb": 1024}}
    graph = run({"cloud": "aws", "timeoutSeconds": 20, "steps": steps})
    functions = {each.name: each.inputs for each in step_functions(graph)}
    given = {name: (each["memorySize"], each["timeout"]) for name, each in functions.items()}
    assert {"twinlens-validate", "twinlens-apply-filters", "twinlens-process"} <= given.keys()
    own = {"twinlens-resize": (3008, 20), "twinlens-optimize": (1024, 90)}
    assert given == {**dict.fromkeys(given, (1024, 20)), **own}
    assert graph.outputs["stepMemoryMb"] == {"resize": 3008}
    states = json.loads(machine(graph)["definition"])["States"]
    assert (states["validate"]["TimeoutSeconds"], states["optimize"]["TimeoutSeconds"]) == (50, 120)


def test_an_express_state_machine_ends_in_time(run):
    graph = run({"cloud": "aws", "orchestrator": "express"})
    express = machine(graph, "EXPRESS")
    assert json.loads(express["definition"])["TimeoutSeconds"] == 300
    (failed,) = [each for each in graph.of("MetricAlarm") if each.name == "twinlens-failed"]
    watched = [query["metric"] for query in failed.inputs["metricQueries"] if "metric" in query]
    assert {each["metricName"] for each in watched} == {"ExecutionsFailed", "ExecutionsTimedOut"}
    assert {each["dimensions"]["StateMachineArn"] for each in watched} == {
        graph.outputs["workflow"],
        aws_arn("sfn", "twinlens-workflow"),  # to which it hands jobs over
    }
    # What a standard execution left behind can still be lost.
    pattern = json.loads(graph.one("EventRule", "lost").inputs["eventPattern"])["detail"]
    assert pattern["stateMachineArn"] == [aws_arn("sfn", "twinlens-workflow")]


def test_the_reconciler_receives_what_its_handler_reads(aws):
    function = aws.one("Function", "reconciler").inputs
    told = function["environment"]["variables"]
    assert {told[each] for each in (variables.LEDGER_TABLE, variables.STATE_MACHINE)} == {
        "twinlens-ledger",
        aws_arn("sfn", "twinlens-workflow"),
    }
    assert told[variables.SUCCESS_TOPIC] == aws_arn("sns", "twinlens-success")
    assert told[variables.ERROR_TOPIC] == aws_arn("sns", "twinlens-error")
    asked = Reconciler.read(told)
    assert (asked.prefix, ".heic" in asked.suffixes, asked.patience) == (
        "incoming/",
        True,
        timedelta(minutes=20),
    )
    assert function["deadLetterConfig"] == {"targetArn": aws_arn("sqs", "twinlens-reconciler-failed")}


@pytest.mark.parametrize(("minutes", "rate"), [(1, "rate(1 minute)"), (15, "rate(15 minutes)")])
def test_jobs_are_looked_for_as_often_as_asked_and_uploads_daily(run, minutes, rate):
    graph = run({"cloud": "aws", "reconcileMinutes": minutes})
    asked = {
        each.inputs["scheduleExpression"]: json.loads(each.inputs["target"]["input"])
        for each in graph.of("Schedule")
    }
    assert asked == {rate: {"find": "stuck"}, "rate(1 day)": {"find": "unclaimed"}}


def test_nobody_looks_where_that_was_not_asked(run):
    graph = run({"cloud": "aws", "reconcileMinutes": 0})
    assert not [each for each in graph.resources if "reconciler" in each.name]


def test_an_express_job_stands_still_sooner(run):
    graph = run({"cloud": "aws", "orchestrator": "express"})
    told = graph.one("Function", "reconciler").inputs["environment"]["variables"]
    assert Reconciler.read(told).patience == timedelta(minutes=10)
    assert told[variables.STATE_MACHINE] == graph.outputs["workflow"]


def test_a_row_is_in_the_index_of_open_jobs_by_what_the_workflow_writes(aws):
    table = aws.one("Table").inputs
    (index,) = table["globalSecondaryIndexes"]
    assert (index["name"], index["projectionType"]) == (OPEN_INDEX, "KEYS_ONLY")
    keys = [key["attributeName"] for key in index["keySchemas"]]
    assert keys == ["open", "updated_at"]
    states = json.loads(machine(aws)["definition"])["States"]
    assert all(f'"{key}"' in states["claim"]["Arguments"]["Item"] for key in keys)
    for end in ("succeeded", "rejected", "failed"):
        assert "REMOVE #open" in states[f"record_{end}"]["Arguments"]["UpdateExpression"]
