"""MiniStack refuses what AWS would refuse, with the service's own error."""

import json
import uuid

import boto3
import pytest
from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::000000000000:role/r"


def code_of(call, **params):
    with pytest.raises(ClientError) as caught:
        call(**params)
    return caught.value.response["Error"]["Code"], str(caught.value)


@pytest.fixture
def function(aws):
    """Return how to make a function of which nothing is called."""

    def make():
        name = f"reserved-{uuid.uuid4().hex[:8]}"
        boto3.client("lambda").create_function(
            FunctionName=name,
            Role=ROLE,
            Runtime="python3.13",
            Handler="a.b",
            Code={"ZipFile": b"PK\x05\x06" + bytes(18)},
        )
        made.append(name)
        return name

    made = []
    yield make
    for each in made:
        boto3.client("lambda").delete_function(FunctionName=each)


def test_a_request_in_the_json_protocol_is_checked_against_the_service_s_model(aws):
    code, message = code_of(boto3.client("events").put_rule, Name="a b", EventPattern="{}")
    assert code == "ValidationException"
    assert "Value 'a b' at 'Name' failed to satisfy constraint" in message


@pytest.mark.parametrize(
    ("service", "operation", "params", "code", "told"),
    [
        (
            "iam",
            "create_role",
            {"RoleName": "a b", "AssumeRolePolicyDocument": "{}"},
            "ValidationError",
            "'RoleName'",
        ),
        (
            "iam",
            "create_role",
            {"RoleName": "r", "AssumeRolePolicyDocument": "{" * 3000},
            "LimitExceeded",
            "ACLSize",
        ),
        ("sns", "create_topic", {"Name": "a b"}, "InvalidParameter", "Topic Name a b"),
        (
            "lambda",
            "update_function_configuration",
            {"FunctionName": "f", "Handler": "a b"},
            "ValidationException",
            "'Handler'",
        ),
        ("lambda", "get_alias", {"FunctionName": "f", "Name": "a b"}, "ValidationException", "'Name'"),
        ("scheduler", "create_schedule_group", {"Name": "a b"}, "ValidationException", "'Name'"),
        ("s3", "create_bucket", {"Bucket": "photos-s3alias"}, "InvalidBucketName", "photos-s3alias"),
    ],
)
def test_a_request_in_another_protocol_is_checked_and_refused_in_it(
    aws, service, operation, params, code, told
):
    found, message = code_of(getattr(boto3.client(service), operation), **params)
    assert found == code
    assert told in message


def test_a_request_is_checked_against_the_quotas(aws):
    code, _ = code_of(boto3.client("logs").put_retention_policy, logGroupName="g", retentionInDays=2)
    assert code == "InvalidParameterException"


def test_a_rule_has_no_more_than_five_targets(aws):
    events, rule = boto3.client("events"), f"rule-{uuid.uuid4().hex[:8]}"
    events.put_rule(Name=rule, EventPattern=json.dumps({"source": ["a"]}))
    targets = [
        {"Id": str(number), "Arn": f"arn:aws:sqs:us-east-1:000000000000:{number}"} for number in range(6)
    ]
    events.put_targets(Rule=rule, Targets=targets[:5])
    events.put_targets(Rule=rule, Targets=targets[:2])
    assert code_of(events.put_targets, Rule=rule, Targets=targets[5:])[0] == "LimitExceededException"


def test_reserved_concurrency_limits_calls_through_an_alias(function):
    functions, name = boto3.client("lambda"), function()
    version = functions.publish_version(FunctionName=name)["Version"]
    functions.create_alias(FunctionName=name, Name="live", FunctionVersion=version)
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    code, _ = code_of(functions.invoke, FunctionName=name, Qualifier="live")
    assert code == "TooManyRequestsException"


def test_a_hundred_of_the_account_s_concurrency_stay_unreserved(function):
    reserve = boto3.client("lambda").put_function_concurrency
    first, second = function(), function()
    reserve(FunctionName=first, ReservedConcurrentExecutions=500)
    reserve(FunctionName=second, ReservedConcurrentExecutions=400)
    code, message = code_of(reserve, FunctionName=second, ReservedConcurrentExecutions=401)
    assert code == "InvalidParameterValueException"
    assert "below its minimum value of [100]" in message
