"""Each rule refuses a planted violation, and takes what is just within it."""

import json

import botocore.session
import pytest

from local.aws_rules import refusals
from local.aws_rules.quotas import QUOTAS, RETENTION_DAYS
from local.aws_rules.shapes import compiled

ROLE = "arn:aws:iam::123456789012:role/r"
FUNCTION = {"FunctionName": "f", "Role": ROLE, "Runtime": "python3.13", "Handler": "h.h", "Code": {}}
MACHINE = {"name": "m", "definition": "{}", "roleArn": ROLE}
# What the provider's stand-in and the functions call.
USED = {
    "cloudwatch": "PutMetricAlarm PutDashboard",
    "dynamodb": "CreateTable UpdateTable UpdateTimeToLive PutItem UpdateItem Query",
    "events": "PutRule PutTargets",
    "iam": "CreateRole PutRolePolicy UpdateAssumeRolePolicy",
    "lambda": "CreateFunction UpdateFunctionConfiguration PutFunctionConcurrency AddPermission",
    "logs": "CreateLogGroup PutRetentionPolicy",
    "scheduler": "CreateSchedule UpdateSchedule",
    "sns": "CreateTopic SetTopicAttributes Subscribe Publish",
    "sqs": "CreateQueue SetQueueAttributes",
    "stepfunctions": "CreateStateMachine UpdateStateMachine StartExecution",
}


def operation(service, name):
    return botocore.session.get_session().get_service_model(service).operation_model(name)


def refused(service, name, params):
    return [(each.code, each.message) for each in refusals(operation(service, name), params)]


def policy(size, **changes):
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*", **changes}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement, {"Sid": ""}]}, separators=(",", ":"))
    return text.replace('"Sid":""', f'"Sid":"{"x" * (size - len(text))}"')


def statements(count, **changes):
    return json.dumps({"Statement": [{"Effect": "Deny", "Action": "a", **changes}] * count})


def alarm_of(metrics):
    stat = {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}
    queries = [{"Id": f"m{number}", "MetricStat": stat} for number in range(metrics)]
    return {
        "AlarmName": "a",
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Metrics": [*queries, {"Id": "total", "Expression": "m0"}],
    }


# By quota: an operation, what is just within, what is not.
PLANTED = {
    "inline policy": (
        ("iam", "PutRolePolicy"),
        lambda size: {"RoleName": "r", "PolicyName": "p", "PolicyDocument": policy(size)},
        (10_240, 10_241),
    ),
    "managed policy": (
        ("iam", "CreatePolicy"),
        lambda size: {"PolicyName": "p", "PolicyDocument": policy(size)},
        (6_144, 6_145),
    ),
    "trust policy": (
        ("iam", "CreateRole"),
        lambda size: {"RoleName": "r", "AssumeRolePolicyDocument": policy(size)},
        (2_048, 2_049),
    ),
    "environment": (
        ("lambda", "CreateFunction"),
        lambda size: {**FUNCTION, "Environment": {"Variables": {"NAME": "x" * (size - 4)}}},
        (4_096, 4_097),
    ),
    "package": (
        ("lambda", "UpdateFunctionCode"),
        lambda size: {"FunctionName": "f", "ZipFile": b"0" * size},
        (50 * 2**20, 50 * 2**20 + 1),
    ),
    "log retention": (
        ("logs", "PutRetentionPolicy"),
        lambda days: {"logGroupName": "g", "retentionInDays": days},
        (3653, 3650),
    ),
    "queue": (
        ("sqs", "CreateQueue"),
        lambda value: {"QueueName": value[0], "Attributes": {"MessageRetentionPeriod": value[1]}},
        (("q" * 80, "1209600"), ("q" * 81, "60"), ("q.x", "60"), ("q", "1209601")),
    ),
    "queue policy": (
        ("sqs", "SetQueueAttributes"),
        lambda text: {"QueueUrl": "u", "Attributes": {"Policy": text}},
        (
            policy(8_192),
            policy(8_193),
            statements(21),
            statements(1, Action=["a"] * 8),
            statements(1, Principal={"AWS": ["1"] * 51}),
        ),
    ),
    "topic": (
        ("sns", "SetTopicAttributes"),
        lambda text: {"TopicArn": "t", "AttributeName": "Policy", "AttributeValue": text},
        (
            policy(30_720),
            policy(30_721),
            policy(300, Principal={"Service": "events.amazonaws.com"}, Condition={"ArnEquals": {}}),
        ),
    ),
    "state machine name": (
        ("stepfunctions", "CreateStateMachine"),
        lambda name: {**MACHINE, "name": name},
        ("a_b-c", "a b", "a:b", "a/b"),
    ),
    "bucket name": (
        ("s3", "CreateBucket"),
        lambda name: {"Bucket": name},
        ("photos-1.x", "Photos", "ab", "a..b", "192.168.1.1", "x" * 64, "xn--a", "a-s3alias"),
    ),
    "metric math": (("cloudwatch", "PutMetricAlarm"), alarm_of, (10, 11)),
    "tags": (
        ("logs", "CreateLogGroup"),
        lambda count: {"logGroupName": "g", "tags": {str(number): "" for number in range(count)}},
        (50, 51),
    ),
}


def test_every_quota_has_a_violation_planted():
    assert set(PLANTED) == {quota.name for quota in QUOTAS}
    assert all(quota.source for quota in QUOTAS)


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_within_a_quota_is_taken_and_what_is_not_is_refused_with_the_service_s_code(name):
    (quota,) = (each for each in QUOTAS if each.name == name)
    call, params, (within, *beyond) = PLANTED[name]
    assert call in quota.operations
    assert refused(*call, params(within)) == []
    for each in beyond:
        assert [code for code, _ in refused(*call, params(each))][-1:] == [quota.code], each


@pytest.mark.parametrize(
    ("service", "name", "params", "constraint"),
    [
        ("events", "PutRule", {"Name": "a b"}, r"regular expression pattern: [\.\-_A-Za-z0-9]+"),
        ("events", "PutRule", {"Name": "a" * 65}, "length less than or equal to 64"),
        ("events", "PutRule", {"Name": "a", "State": "ON"}, "enum value set: [ENABLED,"),
        ("events", "PutRule", {}, "Member must not be null"),
        ("lambda", "CreateFunction", {**FUNCTION, "Role": "r"}, "regular expression pattern: arn:"),
        ("lambda", "CreateFunction", {**FUNCTION, "MemorySize": 99}, "greater than or equal to 128"),
        ("lambda", "CreateFunction", {**FUNCTION, "Timeout": 0}, "greater than or equal to 1"),
        (
            "stepfunctions",
            "CreateStateMachine",
            {**MACHINE, "definition": "x" * 1_048_577},
            "Value '***' at 'definition' failed to satisfy constraint: Member must have length less than",
        ),
        ("events", "PutTargets", {"Rule": "r", "Targets": []}, "length greater than or equal to 1"),
    ],
)
def test_a_violation_of_the_service_s_model_is_refused_in_its_words(service, name, params, constraint):
    (code, message), *_ = refused(service, name, params)
    assert code == "ValidationException"
    assert message.startswith("1 validation error detected: Value ")
    assert constraint in message


def test_all_violations_are_told_at_once():
    (_, message), *_ = refused("events", "PutRule", {"Name": "a b", "State": "ON"})
    assert message.startswith("2 validation errors detected: ")


def test_what_is_right_is_taken():
    assert refused("lambda", "CreateFunction", FUNCTION) == []
    assert refused("stepfunctions", "CreateStateMachine", MACHINE) == []


@pytest.mark.parametrize("service", USED)
def test_the_patterns_of_the_operations_in_use_can_be_checked(service):
    def patterns(shape, seen):
        if shape is None or shape.name in seen:
            return
        seen.add(shape.name)
        if shape.metadata.get("pattern"):
            yield shape.metadata["pattern"]
        parts = list(getattr(shape, "members", {}).values())
        parts += [getattr(shape, name) for name in ("member", "key", "value") if hasattr(shape, name)]
        for each in parts:
            yield from patterns(each, seen)

    for name in USED[service].split():
        found = set(patterns(operation(service, name).input_shape, set()))
        assert not {each for each in found if compiled(each) is None}


def test_the_program_s_settings_offer_what_the_service_takes():
    from components.settings import CLOUDS

    assert tuple(CLOUDS["aws"].log_retention_days) == RETENTION_DAYS
