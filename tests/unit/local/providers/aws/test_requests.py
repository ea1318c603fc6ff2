"""Every input of every AWS resource reaches the service under the service's own name for it.

The requests that a resource makes with all its inputs are in ``requests.json``, and botocore's model of the
service takes each of them. ``UPDATE_REQUESTS=1 pytest tests/unit/local/providers/aws`` writes the file anew.
"""

import json
import os
from pathlib import Path

import pytest
from botocore.client import BaseClient
from botocore.utils import ArgumentGenerator
from botocore.validate import ParamValidator

from local.providers import wire
from local.providers.aws.__main__ import SERVICES
from local.providers.schema import Choice, ListOf, MapOf, Object, OneOf, Scalar, resource_schema

GOLDEN = Path(__file__).with_name("requests.json")
RESOURCES = {made.kind: made for service in SERVICES for made in service.RESOURCES}
SCALARS = {int: 3600, float: 1.5, bool: True}  # which no service finds too small
ARCHIVE = {
    wire.SIGNATURE: wire.ARCHIVE,
    "hash": "1",
    "assets": {"code.py": {wire.SIGNATURE: wire.ASSET, "text": "code"}},
}
SEEN = {"cloudwatchMetricsEnabled": True, "metricName": "the metric", "sampledRequestsEnabled": False}
# What is refused (None), what must have a form of its own, and blocks of which only these parts are served.
GIVEN = {
    "aws:budgets/budget:Budget": {
        "costFilters": None,
        "filterExpression": None,
        "notifications": [
            {
                "comparisonOperator": "GREATER_THAN",
                "notificationType": "ACTUAL",
                "threshold": 80,
                "thresholdType": "PERCENTAGE",
                "subscriberEmailAddresses": ["an address"],
                "subscriberSnsTopicArns": ["the arn of a topic"],
            }
        ],
    },
    "aws:lambda/alias:Alias": {"routingConfig": None},
    "aws:iam/role:Role": {"inlinePolicies": None, "managedPolicyArns": None},
    "aws:lambda/function:Function": {"code": ARCHIVE, "snapStart": {"applyOn": "PublishedVersions"}},
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
        "rules": [
            {
                "id": "work",
                "status": "Enabled",
                "filter": {"prefix": "work/"},
                "expiration": {"days": 1},
                "noncurrentVersionExpiration": {"noncurrentDays": 2},
                "abortIncompleteMultipartUpload": {"daysAfterInitiation": 3},
            },
            {"id": "all", "status": "Disabled"},
        ]
    },
    "aws:s3/bucketNotification:BucketNotification": {
        "lambdaFunctions": None,
        "queues": None,
        "topics": None,
    },
    "aws:scheduler/schedule:Schedule": {
        "target": {
            "arn": "the arn",
            "roleArn": "the arn of a role",
            "input": "{}",
            "deadLetterConfig": {"arn": "the arn of a queue"},
            "retryPolicy": {"maximumRetryAttempts": 3, "maximumEventAgeInSeconds": 60},
        }
    },
    "aws:wafv2/webAcl:WebAcl": {
        "defaultAction": {"allow": {}},
        "rules": [
            {
                "name": "rate",
                "priority": 0,
                "action": {"block": {}},
                "statement": {
                    "rateBasedStatement": {
                        "aggregateKeyType": "IP",
                        "evaluationWindowSec": 300,
                        "limit": 2000,
                    }
                },
                "visibilityConfig": SEEN,
            },
            {
                "name": "managed",
                "priority": 1,
                "overrideAction": {"none": {}},
                "statement": {"managedRuleGroupStatement": {"vendorName": "AWS", "name": "the group"}},
                "visibilityConfig": SEEN,
            },
        ],
        "visibilityConfig": SEEN,
    },
}
# What waiters wait for, and what is taken apart.
MADE = {"FunctionArn": "arn:aws:lambda:us-east-1:0:function:f", "Version": "1"}
MADE |= dict.fromkeys(("CodeSha256", "LastModified", "CodeSize"), "told")
ANSWERS = {
    "CreateFunction": MADE,
    "GetQueueAttributes": {"Attributes": {"QueueArn": "arn"}},
    "UpdateFunctionCode": MADE,
    "UpdateFunctionConfiguration": MADE,
    "DescribeTable": {"Table": {"TableStatus": "ACTIVE"}},
    "GetFunction": {"Configuration": {"State": "Active", "LastUpdateStatus": "Successful"}},
    "GetFunctionConfiguration": {"State": "Active", "LastUpdateStatus": "Successful"},
    "PutTargets": {"FailedEntries": []},
    "PublishVersion": MADE,
    "GetCallerIdentity": {"Account": "123456789012"},
}


def sample(name, shape, depth=0):
    """Return a value of this shape, unlike that of other names."""
    if isinstance(shape, Scalar):
        return SCALARS.get(shape.kind, f"the {name} of the resource")
    if isinstance(shape, Choice):
        return shape.values[-1]
    if isinstance(shape, ListOf):
        return [sample(name, shape.item, depth)]
    if isinstance(shape, MapOf):
        return {f"a {name}": sample(name, shape.item, depth)}
    if isinstance(shape, OneOf):
        return sample(name, shape.shapes[0], depth)
    if isinstance(shape, Object) and depth < 4:
        return {key: sample(key, field.shape, depth + 1) for key, field in shape.fields.items()}
    return f"the {name}"


def full_inputs(token):
    inputs = sample("", resource_schema("pulumi_aws", token).inputs) | GIVEN.get(token, {})
    return {name: value for name, value in inputs.items() if value is not None}


@pytest.fixture
def requests(monkeypatch):
    """The requests that are made, as (service, operation, parameters), on a cloud that takes all."""
    made = []

    def call(client, operation, parameters):
        model = client.meta.service_model.operation_model(operation)
        if model.input_shape:
            report = ParamValidator().validate(parameters, model.input_shape)
            assert not report.has_errors(), f"{operation}: {report.generate_report()}"
        made.append((client.meta.service_model.service_name, operation, parameters))
        if operation in ANSWERS:
            return ANSWERS[operation]
        shape = model.output_shape
        return ArgumentGenerator(use_member_names=True).generate_skeleton(shape) if shape else {}

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    return made


@pytest.mark.parametrize("token", RESOURCES)
def test_every_input_has_its_place_in_the_requests(token, requests):
    resource = RESOURCES[token]()
    inputs = full_inputs(token)
    identity, computed = resource.create(inputs)
    resource.update(identity, {**inputs, **computed}, inputs)
    told = json.loads(json.dumps(requests, default=lambda value: f"{len(value)} bytes"))
    held = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    if "UPDATE_REQUESTS" in os.environ:
        GOLDEN.write_text(json.dumps(held | {token: told}, indent=1, sort_keys=True) + "\n")
        return
    assert told == held[token]
