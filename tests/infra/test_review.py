"""What waiting for a person takes: nothing unless it is asked for, and then no more than its work."""

import json

import pytest

from components.aws.state_machine.integrations import AWAIT
from components.azure.roles import Role
from core.deployment import variables

ARN = "arn:aws:{}:us-east-1:123456789012:{}"
TRACES = {("xray:PutTraceSegments", "*"), ("xray:PutTelemetryRecords", "*")}
LEDGER = ARN.format("dynamodb", "twinlens-ledger")
TOPIC = ARN.format("sns", "twinlens-review")
ALIAS = ARN.format("lambda", "twinlens-ask:live")


@pytest.fixture(params=["flagged", "always"])
def aws(request, run):
    return run({"cloud": "aws", "review": request.param, "reviewSeconds": 600, "logLevel": "all"})


@pytest.fixture
def azure(run):
    return run({"cloud": "azure", "review": "flagged", "reviewSeconds": 600})


def granted(graph, role):
    [policy] = [each for each in graph.of("RolePolicy") if each.name == role]
    return {
        (action, resource)
        for statement in json.loads(policy.inputs["policy"])["Statement"]
        for action in statement["Action"]
        for resource in statement["Resource"]
    }


def assigned(graph):
    return {
        (each.inputs["scope"].split("/")[-1], each.inputs["roleDefinitionId"].split("/")[-1])
        for each in graph.of("RoleAssignment")
        if each.inputs["principalId"] == "principal-twinlens-app"
    }


def environment(graph, function):
    return graph.one("Function", function).inputs["environment"]["variables"]


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_without_it_there_is_nothing_of_it(run, cloud):
    graph = run({"cloud": cloud})

    assert not [each.urn for each in graph.resources if "review" in each.name or "ask" in each.name]
    assert not [each.urn for each in graph.resources if "decisions" in each.name]
    told = [each.inputs for each in graph.of("WebApp") + graph.of("Function")]
    assert "REVIEW" not in json.dumps(told, default=lambda _: "")
    assert AWAIT.resource not in json.dumps([each.inputs for each in graph.of("StateMachine")])
    assert (graph.outputs["review"], graph.outputs["reviewTopic"]) == ("none", "")


def test_the_function_that_asks_writes_rows_and_notifies(aws):
    log = ARN.format("cloudwatch", "twinlens-ask")
    assert granted(aws, "twinlens-ask") == {
        ("dynamodb:UpdateItem", LEDGER),
        ("sns:Publish", TOPIC),
        ("logs:CreateLogStream", f"{log}:*"),
        ("logs:PutLogEvents", f"{log}:*"),
        *TRACES,
    }
    assert environment(aws, "twinlens-ask")[variables.REVIEW_TOPIC] == TOPIC
    assert environment(aws, "twinlens-validate")[variables.REVIEW] == aws.config["review"]


def test_the_page_reads_the_photo_decides_and_wakes(aws):
    log = ARN.format("cloudwatch", "twinlens-review")
    uploads = {each for each in granted(aws, "twinlens-validate") if each[0] == "s3:GetObject"}
    assert granted(aws, "twinlens-review") == {
        ("dynamodb:GetItem", LEDGER),
        ("dynamodb:UpdateItem", LEDGER),
        *uploads,
        ("states:SendTaskSuccess", "*"),
        ("logs:CreateLogStream", f"{log}:*"),
        ("logs:PutLogEvents", f"{log}:*"),
        *TRACES,
    }
    url = aws.one("FunctionUrl").inputs
    assert (url["functionName"], url["qualifier"], url["authorizationType"]) == (
        "twinlens-review",
        "live",
        "NONE",
    )
    permitted = {each.inputs["action"]: each.inputs for each in aws.of("Permission")}
    assert permitted.keys() == {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"}
    assert permitted["lambda:InvokeFunctionUrl"]["functionUrlAuthType"] == "NONE"
    assert permitted["lambda:InvokeFunction"]["invokedViaFunctionUrl"] is True
    assert {(each["function"], each["qualifier"]) for each in permitted.values()} == {
        ("twinlens-review", "live")
    }


def by_type(graph):
    machines = [each for each in graph.of("StateMachine") if each.name != "twinlens-batch"]
    return {each.inputs["type"]: each.inputs for each in machines}


def test_the_standard_machine_waits_and_the_express_one_does_not(aws):
    machines = by_type(aws)
    standard, express = (json.loads(machines[each]["definition"]) for each in ("STANDARD", "EXPRESS"))

    wait = standard["States"]["approval_wait"]
    assert (wait["Resource"], wait["TimeoutSeconds"]) == (AWAIT.resource, 600)
    assert standard["TimeoutSeconds"] > 600
    assert AWAIT.resource not in json.dumps(express)
    extra = granted(aws, "twinlens-workflow") - granted(aws, "twinlens-workflow-express")
    assert extra == {("lambda:InvokeFunction", ALIAS)}


def test_no_log_has_the_token_of_a_waiting_task(aws):
    logged = {kind: each["loggingConfiguration"] for kind, each in by_type(aws).items()}
    assert logged["STANDARD"] == {**logged["STANDARD"], "level": "ALL", "includeExecutionData": False}


def test_no_alarm_says_that_a_wait_is_slow(aws):
    assert not [each.name for each in aws.of("MetricAlarm") if "slow" in each.name]


def test_whoever_is_told_of_failures_is_asked_too(run):
    graph = run({"cloud": "aws", "review": "always", "notifyEmail": "ops@example.com"})
    topics = {each.inputs["topic"] for each in graph.of("TopicSubscription")}
    assert topics == {TOPIC, ARN.format("sns", "twinlens-error")}


def test_the_app_asks_through_one_queue_and_hears_decisions_from_another(azure):
    expected = {
        ("twinlens-photos-notify-review", Role.QUEUE_SENDER.value),
        ("twinlens-photos-decisions", Role.QUEUE_CONTRIBUTOR.value),
        ("twinlens-photos-decisions-poison", Role.QUEUE_CONTRIBUTOR.value),
    }
    assert expected <= assigned(azure)
    settings = {
        each["name"]: each["value"] for each in azure.one("WebApp").inputs["siteConfig"]["appSettings"]
    }
    assert (settings[variables.REVIEW], settings[variables.REVIEW_SECONDS]) == ("flagged", "600")
    assert settings[variables.DECISIONS_QUEUE] == azure.outputs["decisionsQueue"] == "decisions"
