"""Every request that the program's resources lead to on AWS is one that AWS's models and quotas take."""

import json
import re

import boto3
import pytest
from botocore.client import BaseClient
from botocore.utils import ArgumentGenerator

from local.aws_rules import refusals
from local.providers import wire
from local.providers.aws.__main__ import stand_in
from local.providers.provider import Ask

CONFIGS = {
    "default": {},
    "much": {
        "orchestrator": "express",
        "granularity": "fused",
        "maxConcurrency": 50,
        "logRetentionDays": 3653,
        "notifyEmail": "ops@example.com",
        "tags": {"team": "photos"},
    },
}
ARCHIVE = {wire.SIGNATURE: wire.ARCHIVE, "hash": "1", "assets": {}}
# The forms of ARNs on AWS; the mocks have one for all, and words for a version.
ARNS = {
    "iam": r"arn:aws:iam::123456789012:role/\1",
    "lambda": r"arn:aws:lambda:us-east-1:123456789012:function:\1",
    "sfn": r"arn:aws:states:us-east-1:123456789012:stateMachine:\1",
}
LAMBDA = {
    "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:f",
    "Version": "1",
    "CodeSha256": "",
    "LastModified": "",
    "CodeSize": 1,
}
# What waiters wait for, and what is taken apart.
ANSWERS = {
    "CreateFunction": LAMBDA,
    "DescribeTable": {"Table": {"TableStatus": "ACTIVE"}},
    "GetFunction": {"Configuration": {"State": "Active", "LastUpdateStatus": "Successful"}},
    "GetFunctionConfiguration": {"State": "Active", "LastUpdateStatus": "Successful"},
    "GetQueueAttributes": {"Attributes": {"QueueArn": "arn:aws:sqs:us-east-1:123456789012:q"}},
    "PutTargets": {"FailedEntries": []},
}


@pytest.fixture
def refused(monkeypatch):
    """What a cloud that answers everything would have refused, and how much it was asked."""
    found, asked = [], []

    def call(client, operation, parameters):
        model = client.meta.service_model.operation_model(operation)
        asked.append(operation)
        found.extend((operation, each.message) for each in refusals(model, parameters))
        if operation in ANSWERS:
            return ANSWERS[operation]
        shape = model.output_shape
        return ArgumentGenerator(use_member_names=True).generate_skeleton(shape) if shape else {}

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "nobody")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it would keep these keys for other tests
    return found, asked


def real(inputs):
    """Return a resource's inputs as the engine hands them to the provider, with ARNs as on AWS."""
    text = json.dumps(inputs, default=lambda _: ARCHIVE)
    for service, arn in ARNS.items():
        text = re.sub(rf"arn:aws:{service}:us-east-1:123456789012:([\w-]+)", arn, text)
    return wire._tidy(json.loads(re.sub(r"version of [\w-]+", "1", text)))


@pytest.mark.parametrize("name", CONFIGS)
def test_no_request_of_the_program_is_refused(run, refused, name):
    graph = run({"cloud": "aws", **CONFIGS[name]})
    found, asked = refused
    provider = stand_in()
    for number, each in enumerate(each for each in graph.resources if each.custom):
        ask = Ask(each.type, each.name, str(number).encode())
        inputs, faults = provider.check(ask, {}, real(each.inputs))
        assert faults == [], each.name
        provider.create(ask, inputs, preview=False)
    assert len(asked) > 60
    assert found == []


def test_a_request_beyond_the_rules_would_be_found(run, refused):
    graph = run({"cloud": "aws"})
    rule = graph.one("EventRule", "upload")
    provider, ask = stand_in(), Ask("aws:cloudwatch/eventRule:EventRule", "x" * 65)
    provider.create(ask, {**real(rule.inputs), "name": "x" * 65}, preview=False)
    ((operation, message),) = refused[0]
    assert operation == "PutRule"
    assert "length less than or equal to 64" in message
