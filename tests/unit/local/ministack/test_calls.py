"""What botocore sends is read back as what it was given."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from botocore.serialize import create_serializer

from local.aws_rules.shapes import violations
from local.ministack.calls import Request, called, operation, service_model

# One is at the address of another, and one requires a structure that may be empty.
UNCLEAR = {"ListDirectoryBuckets", "CreateDelegationRequest"}
ROLE = "arn:aws:iam::123456789012:role/r"
CALLS = [
    (
        "iam",
        "CreateRole",
        {"RoleName": "r", "AssumeRolePolicyDocument": "{}", "Tags": [{"Key": "a", "Value": "b c"}]},
    ),
    ("iam", "CreateRole", {"RoleName": "r", "AssumeRolePolicyDocument": "{}", "MaxSessionDuration": 3600}),
    ("iam", "ListPolicies", {"OnlyAttached": True, "PathPrefix": "/"}),
    (
        "sns",
        "Publish",
        {
            "TopicArn": "t",
            "Message": "é&=",
            "MessageAttributes": {"a": {"DataType": "String", "StringValue": "x"}},
        },
    ),
    ("sns", "CreateTopic", {"Name": "n", "Attributes": {"Policy": "{}", "KmsMasterKeyId": "k"}, "Tags": []}),
    (
        "lambda",
        "CreateFunction",
        {"FunctionName": "f", "Role": ROLE, "Code": {"ZipFile": b"\x00PK"}, "MemorySize": 256},
    ),
    ("lambda", "Invoke", {"FunctionName": ROLE, "InvocationType": "Event", "Payload": b"{}"}),
    ("lambda", "GetAlias", {"FunctionName": "f", "Name": "live"}),
    ("lambda", "ListVersionsByFunction", {"FunctionName": "f", "MaxItems": 5}),
    (
        "scheduler",
        "CreateSchedule",
        {
            "Name": "s",
            "ScheduleExpression": "rate(1 day)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": ROLE, "RoleArn": ROLE},
        },
    ),
    (
        "s3",
        "CreateBucket",
        {"Bucket": "photos", "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}},
    ),
    (
        "s3",
        "PutObject",
        {"Bucket": "photos", "Key": "a/b c.jpg", "Body": b"photo", "ContentType": "image/jpeg"},
    ),
    ("s3", "CopyObject", {"Bucket": "photos", "Key": "a", "CopySource": "photos/b"}),
    ("s3", "UploadPart", {"Bucket": "photos", "Key": "a", "PartNumber": 2, "UploadId": "u", "Body": b"p"}),
    ("s3", "PutBucketPolicy", {"Bucket": "photos", "Policy": '{"Statement": []}'}),
    ("s3", "ListObjectsV2", {"Bucket": "photos", "Prefix": "incoming/", "MaxKeys": 10}),
    ("s3", "PutBucketTagging", {"Bucket": "photos", "Tagging": {"TagSet": [{"Key": "a", "Value": "b"}]}}),
    (
        "s3",
        "PutBucketLifecycleConfiguration",
        {
            "Bucket": "photos",
            "LifecycleConfiguration": {
                "Rules": [{"ID": "x", "Status": "Enabled", "Expiration": {"Days": 1}}]
            },
        },
    ),
    ("sqs", "CreateQueue", {"QueueName": "q", "Attributes": {"DelaySeconds": "1"}}),
    ("events", "PutRule", {"Name": "r", "State": "ENABLED"}),
]


def sent(service, name, params):
    """Return the request that botocore would send."""
    model = operation(service, name)
    made = create_serializer(model.service_model.protocol, include_validation=False).serialize_to_request(
        params, model
    )
    url = urlsplit(made["url_path"])
    query = {
        **parse_qs(url.query, keep_blank_values=True),
        **{key: [str(each)] for key, each in dict(made["query_string"] or {}).items()},
    }
    body = made["body"]
    if isinstance(body, dict):
        body = urlencode(body).encode()
    headers = {key.lower(): str(value) for key, value in made["headers"].items()}
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/{model.service_model.signing_name}/aws4_request"
    )
    return Request(
        made["method"], url.path, headers, body if isinstance(body, bytes) else body.encode(), query
    )


@pytest.mark.parametrize(("service", "name", "params"), CALLS, ids=[f"{each[0]} {each[1]}" for each in CALLS])
def test_a_call_is_read_back(service, name, params):
    call = called(sent(service, name, params))
    assert (call.model.service_model.service_name, call.model.name) == (service, name)
    assert call.params == {key: value for key, value in params.items() if value != []}


def sample(shape, required, depth=0):
    """Return some value of a shape, with the required members only or with all."""
    match shape.type_name:
        case "structure":
            names = shape.required_members if required else shape.members if depth < 5 else ()
            return {name: sample(shape.members[name], required, depth + 1) for name in names}
        case "list":
            return [sample(shape.member, required, depth + 1)]
        case "map":
            return {"key": sample(shape.value, required, depth + 1)}
        case "string":
            return shape.enum[0] if shape.enum else "text"
        case "timestamp":
            return datetime(2026, 1, 1, tzinfo=UTC)
        case kind:
            return {"blob": b"blob", "boolean": True, "float": 1.5, "double": 1.5}.get(kind, 7)


@pytest.mark.parametrize("required", [True, False], ids=["required", "everything"])
@pytest.mark.parametrize("service", ["iam", "lambda", "s3", "scheduler", "sns"])
def test_nothing_that_an_operation_requires_is_lost_on_the_way(service, required):
    """What is lost would be refused as missing; values that the model forbids are not what this is about."""
    lost = []
    for name in service_model(service).operation_names:
        model = operation(service, name)
        if model.input_shape is None or model.deprecated or name in UNCLEAR:
            continue
        params = sample(model.input_shape, required)
        call = called(sent(service, name, params))
        missing = {each for each in violations(call.params, model.input_shape) if "Value null" in each}
        if call.model.name != name or missing - set(violations(params, model.input_shape)):
            lost.append(name)
    assert lost == []


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "/_ministack/health", {}, b"", {}),
        Request("POST", "/", {"x-amz-target": "AWSEvents.PutNothing"}, b"{}", {}),
        Request("POST", "/", {"x-amz-target": "AWSEvents.PutRule"}, b"{", {}),
        Request("PATCH", "/photos", {"authorization": "Credential=k/d/r/s3/aws4_request"}, b"", {}),
        Request("PUT", "/photos", {"authorization": "Credential=k/d/r/s3/aws4_request"}, b"<", {}),
        Request("POST", "/", {"authorization": "Credential=k/d/r/iam/aws4_request"}, b"\xff", {}),
    ],
)
def test_what_cannot_be_read_is_left_to_the_service(request_):
    assert called(request_) is None
