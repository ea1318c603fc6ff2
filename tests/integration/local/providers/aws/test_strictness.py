import json

import pytest

from local.providers.aws.cloud import client, region
from local.providers.provider import Ask
from local.providers.resource import ProviderError
from local.providers.wire import UNKNOWN

TRUST = json.dumps({"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]})
FUNCTION = {"role": "r", "handler": "h", "runtime": "python3.13", "s3Bucket": "b", "s3Key": "k"}
TABLE = {"hashKey": "id", "attributes": [{"name": "id", "type": "S"}]}
MACHINE = {"roleArn": "r", "definition": json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})}


def machine(hello):
    states = {"Hello": hello, "Bye": {"Type": "Succeed"}}
    return {**MACHINE, "definition": json.dumps({"StartAt": "Hello", "States": states})}


def wrong(provider, token, inputs):
    return {fault.path: fault.reason for fault in provider.check(Ask(token, "test", b"s"), {}, inputs)[1]}


@pytest.mark.parametrize(
    ("token", "inputs", "path", "reason"),
    [
        ("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "b", "policy": "{"}, "policy", "must be JSON"),
        ("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "b", "policy": "[]"}, "policy", "JSON object"),
        ("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "b", "policy": "{}"}, "policy", "has no Statement"),
        (
            "aws:iam/role:Role",
            {"assumeRolePolicy": json.dumps({"Statement": [{"Effect": "Permit", "Action": "a"}]})},
            "assumeRolePolicy",
            "'Permit'",
        ),
        (
            "aws:iam/role:Role",
            {"assumeRolePolicy": json.dumps({"Statement": {"Effect": "Deny"}})},
            "assumeRolePolicy",
            "has no Action",
        ),
        (
            "aws:iam/role:Role",
            {"assumeRolePolicy": TRUST, "managedPolicyArns": ["arn"]},
            "managedPolicyArns",
            "RolePolicy resources",
        ),
        (
            "aws:s3/bucketNotification:BucketNotification",
            {"bucket": "b", "queues": [{"queueArn": "q", "events": ["s3:ObjectCreated:*"]}]},
            "queues",
            "only eventbridge",
        ),
        (
            "aws:dynamodb/table:Table",
            {**TABLE, "rangeKey": "when"},
            "rangeKey",
            "not among the table's attributes",
        ),
        ("aws:dynamodb/table:Table", {"attributes": []}, "hashKey", "required property 'hashKey' is missing"),
        (
            "aws:dynamodb/table:Table",
            {**TABLE, "replicas": [{"regionName": "r"}]},
            "replicas",
            "does not serve",
        ),
        ("aws:lambda/function:Function", {**FUNCTION, "memorySize": 64}, "memorySize", "128 to 10240"),
        ("aws:lambda/function:Function", {**FUNCTION, "timeout": 901}, "timeout", "1 to 900"),
        ("aws:lambda/function:Function", {**FUNCTION, "imageUri": "i"}, "imageUri", "container images"),
        ("aws:lambda/function:Function", {**FUNCTION, "runtime": "python3.99"}, "runtime", "python3.9"),
        ("aws:lambda/function:Function", {"role": "r"}, "code", "one of code and s3Bucket"),
        (
            "aws:lambda/function:Function",
            {"role": "r", "s3Bucket": "b"},
            "handler",
            "needs the property 'handler'",
        ),
        ("aws:sfn/stateMachine:StateMachine", {**MACHINE, "definition": "{"}, "definition", "must be JSON"),
        (
            "aws:sfn/stateMachine:StateMachine",
            {**MACHINE, "definition": json.dumps({"StartAt": "B", "States": {"A": {"Type": "Succeed"}}})},
            "definition",
            "starts at 'B'",
        ),
        (
            "aws:sfn/stateMachine:StateMachine",
            machine({"Type": "Choise", "Default": "Bye"}),
            "definition",
            "did you mean 'Choice'?",
        ),
        (
            "aws:sfn/stateMachine:StateMachine",
            machine({"Type": "Choice", "Choices": [{"Next": "Buy"}], "Default": "Bye"}),
            "definition",
            "continues with 'Buy' (did you mean 'Bye'?)",
        ),
        (
            "aws:sfn/stateMachine:StateMachine",
            machine({"Type": "Task", "Catch": [{"Next": "Away"}], "Next": "Bye"}),
            "definition",
            "continues with 'Away'",
        ),
        (
            "aws:sfn/stateMachine:StateMachine",
            machine({"Type": "Parallel", "Branches": [{"StartAt": "X", "States": {}}], "Next": "Bye"}),
            "definition",
            "a part of the state Hello starts at 'X'",
        ),
        (
            "aws:sfn/stateMachine:StateMachine",
            machine({"Type": "Map", "ItemProcessor": {"StartAt": "X", "States": {}}, "Next": "Bye"}),
            "definition",
            "a part of the state Hello starts at 'X'",
        ),
        ("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 15}, "retentionInDays", "15 is not allowed"),
        (
            "aws:cloudwatch/eventRule:EventRule",
            {},
            "eventPattern",
            "one of eventPattern and scheduleExpression",
        ),
        ("aws:cloudwatch/eventRule:EventRule", {"eventPattern": "a"}, "eventPattern", "must be JSON"),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", {"metricName": "m"}, "comparisonOperator", "is missing"),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", {}, "metricName", "one of metricName and metricQueries"),
        ("aws:sqs/queue:Queue", {"redrivePolicy": "a"}, "redrivePolicy", "must be JSON"),
        (
            "aws:cloudwatch/dashboard:Dashboard",
            {"dashboardName": "d", "dashboardBody": "a"},
            "dashboardBody",
            "must be JSON",
        ),
    ],
)
def test_what_the_cloud_would_refuse_is_refused(provider, token, inputs, path, reason):
    assert reason in wrong(provider, token, inputs)[path]


def test_what_is_not_known_yet_passes(provider):
    assert wrong(provider, "aws:sfn/stateMachine:StateMachine", {**MACHINE, "definition": UNKNOWN}) == {}
    assert wrong(provider, "aws:s3/bucketPolicy:BucketPolicy", {"bucket": UNKNOWN, "policy": UNKNOWN}) == {}
    assert wrong(provider, "aws:lambda/function:Function", {**FUNCTION, "memorySize": UNKNOWN}) == {}


def test_a_value_that_the_services_model_does_not_list_is_refused(provider):
    ask = Ask("aws:lambda/function:Function", "f", b"s")
    inputs = {**FUNCTION, "name": "f", "architectures": ["arm46"]}
    with pytest.raises(
        ProviderError, match=r"'arm46' at 'Architectures.1.member' .* enum value set: .x86_64, arm64"
    ):
        provider.create(ask, inputs, preview=False)


@pytest.mark.parametrize("endpoint", ["", "https://s3.amazonaws.com", "http://10.0.0.1:4566"])
def test_only_an_emulator_on_this_machine_is_ever_called(monkeypatch, endpoint):
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    with pytest.raises(ProviderError, match="AWS_ENDPOINT_URL"):
        client("s3")


def test_the_stacks_region_goes_before_the_environments(provider, monkeypatch):
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    provider.configure({})
    assert region() == "us-east-1"
    provider.configure({"region": "eu-west-1"})
    assert region() == "eu-west-1"
