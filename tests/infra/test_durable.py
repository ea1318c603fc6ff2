"""The durable function: its permissions, its limits, and what watches it."""

import json

import pytest

from compare.metering import durable_function
from components.aws.durable_workflow import EXECUTION_SECONDS
from components.aws.function import LIVE
from core.deployment import variables
from core.deployment.limits import GIVEN_UP
from core.workflow.granularity import STEPWISE, pipeline_in

NAME = "twinlens-workflow-durable"
ARN = f"arn:aws:lambda:us-east-1:123456789012:{NAME}"


@pytest.fixture(scope="module", params=["stepwise", "fused"])
def durable(request, run):
    return run({"cloud": "aws", "orchestrator": "durable", "granularity": request.param})


def granted(graph, policy):
    [found] = [each for each in graph.of("RolePolicy") if each.name == policy]
    statements = json.loads(found.inputs["policy"])["Statement"]
    return {
        (action, resource)
        for each in statements
        for action in each["Action"]
        for resource in each["Resource"]
    }


def test_it_may_keep_its_executions_and_those_of_no_other_function(durable):
    assert granted(durable, f"{NAME}-executions") == {
        ("lambda:CheckpointDurableExecution", f"{ARN}:*"),
        ("lambda:GetDurableExecutionState", f"{ARN}:*"),
    }
    keepers = [
        each.name for each in durable.of("RolePolicy") if "DurableExecutionState" in each.inputs["policy"]
    ]
    assert keepers == [f"{NAME}-executions"]


def test_it_may_call_the_steps_and_write_where_they_may(durable):
    [policy] = [each for each in durable.of("RolePolicy") if each.name == NAME]
    statements = json.loads(policy.inputs["policy"])["Statement"]
    actions = {action: each["Resource"] for each in statements for action in each["Action"]}
    assert len(actions["lambda:InvokeFunction"]) == len(pipeline_in(STEPWISE).steps())
    assert all(arn.endswith(f":{LIVE}") for arn in actions["lambda:InvokeFunction"])
    assert actions["s3:PutObject"] == ["arn:aws:s3:us-east-1:123456789012:twinlens-output/jobs/*"]
    assert not [action for action in actions if action.startswith(("states:", "dynamodb:Delete"))]


@pytest.fixture(scope="module")
def reviewed(run):
    return run({"cloud": "aws", "orchestrator": "durable", "review": "always", "reviewSeconds": 600})


def test_whoever_decides_wakes_executions_of_this_function_alone(durable, reviewed):
    [decisions] = [each for each in reviewed.of("RolePolicy") if each.name == f"{NAME}-decisions"]
    assert decisions.inputs["role"] == "twinlens-review"
    assert granted(reviewed, f"{NAME}-decisions") == {
        ("lambda:SendDurableExecutionCallbackSuccess", f"{ARN}:*")
    }
    waking = [each for each in reviewed.of("RolePolicy") if "Callback" in each.inputs["policy"]]
    assert waking == [decisions]
    assert not [each for each in durable.of("RolePolicy") if "Callback" in each.inputs["policy"]]


def test_it_asks_by_itself_and_outlives_the_wait(durable, reviewed):
    topic = ("sns:Publish", "arn:aws:sns:us-east-1:123456789012:twinlens-review")
    assert granted(reviewed, NAME) - granted(durable, NAME) == {topic}
    function = reviewed.one("Function", NAME).inputs
    given = function["environment"]["variables"]
    assert (given[variables.REVIEW_TOPIC], given[variables.REVIEW_SECONDS]) == (topic[1], "600")
    assert given[variables.REVIEW_PAGE] == "https://twinlens-review.lambda-url.us-east-1.on.aws/"
    assert function["durableConfig"]["executionTimeout"] == EXECUTION_SECONDS + 600
    told = durable.one("Function", NAME).inputs["environment"]["variables"]
    assert variables.REVIEW_SECONDS not in told


def test_an_upload_starts_its_alias(durable):
    [target] = [each.inputs for each in durable.of("EventTarget") if "upload" in each.name]
    assert target["arn"] == f"{ARN}:{LIVE}"
    assert granted(durable, "twinlens-upload") == {("lambda:InvokeFunction", f"{ARN}:{LIVE}")}


def test_the_workflow_ends_itself_before_lambda_does(durable):
    function = durable.one("Function", NAME).inputs
    assert function["durableConfig"] == {
        "executionTimeout": EXECUTION_SECONDS,
        "retentionPeriod": durable_function.RETENTION_DAYS,
    }
    assert GIVEN_UP.total_seconds() < EXECUTION_SECONDS
    fused = durable.config["granularity"] == "fused"
    assert function["memorySize"] == (1024 if fused else durable_function.INTERPRETER_MB)
    assert function["timeout"] == (90 if fused else 60)


def test_executions_that_did_not_end_themselves_are_told_of(durable):
    [rule] = [each.inputs for each in durable.of("EventRule") if each.name == "twinlens-lost-durable"]
    pattern = json.loads(rule["eventPattern"])
    assert pattern["detail"] == {"functionArn": [{"prefix": ARN}], "status": ["TIMED_OUT", "STOPPED"]}


def test_the_reconciler_may_start_it_and_look_what_runs(durable):
    [policy] = [each for each in durable.of("RolePolicy") if each.name == "twinlens-reconciler"]
    statements = json.loads(policy.inputs["policy"])["Statement"]
    found = {(action, arn) for each in statements for action in each["Action"] for arn in each["Resource"]}
    assert {("lambda:InvokeFunction", f"{ARN}:{LIVE}"), ("lambda:GetDurableExecution", f"{ARN}:*")} <= found
    assert not [action for action, _ in found if action == "states:StartExecution"]


def test_the_alarms_watch_its_executions(durable):
    [alarm] = [each.inputs for each in durable.of("MetricAlarm") if each.name == "twinlens-failed"]
    metrics = [each["metric"] for each in alarm["metricQueries"] if "metric" in each]
    own = [each["metricName"] for each in metrics if each["dimensions"] == {"FunctionName": NAME}]
    assert own == ["DurableExecutionFailed", "DurableExecutionTimedOut"]
