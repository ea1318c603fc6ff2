"""AWS's quotas that no service model has, as rules for single requests.

What depends on the account's other resources is checked in :mod:`local.ministack.requests`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.aws_rules.texts import listed, shortened, statements, without_space

Params = Mapping[str, Any]

# The CloudWatch Logs API reference, PutRetentionPolicy.
RETENTION_DAYS: tuple[int, ...] = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545)
RETENTION_DAYS += (731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
# The SQS API reference, CreateQueue, in seconds and bytes.
QUEUE_RANGES = {
    "DelaySeconds": (0, 900),
    "MaximumMessageSize": (1024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
}
ROLE_POLICY, MANAGED_POLICY, TRUST_POLICY = 10_240, 6_144, 2_048
QUEUE_POLICY = {"bytes": 8_192, "statements": 20, "actions per statement": 7, "principals": 50}
TOPIC_POLICY_BYTES = 30_720
ENVIRONMENT_BYTES = 4_096
ZIP_BYTES = 50 * 2**20
METRICS_IN_MATH = 10
TAGS = 50


@dataclass(frozen=True)
class Quota:
    """A rule for requests; ``check`` yields the service's message for each violation."""

    name: str
    operations: tuple[tuple[str, str], ...]
    code: str
    source: str
    check: Callable[[Params], Iterator[str]]


def _longer(text: str, most: int, what: str) -> Iterator[str]:
    if len(text) > most:
        yield f"{what}: maximum size is {most}, not {len(text)}"


def _inline(params: Params) -> Iterator[str]:
    text = without_space(params.get("PolicyDocument", ""))
    yield from _longer(text, ROLE_POLICY, f"Policy size limit exceeded for role {params.get('RoleName')}")


def _managed(params: Params) -> Iterator[str]:
    text = without_space(params.get("PolicyDocument", ""))
    yield from _longer(text, MANAGED_POLICY, "Cannot exceed quota for PolicySize")


def _trust(params: Params) -> Iterator[str]:
    text = params.get("AssumeRolePolicyDocument") or params.get("PolicyDocument") or ""
    yield from _longer(without_space(text), TRUST_POLICY, "Cannot exceed quota for ACLSizePerRole")


def _environment(params: Params) -> Iterator[str]:
    variables = params.get("Environment", {}).get("Variables", {})
    size = sum(len(f"{name}{value}".encode()) for name, value in variables.items())
    if size > ENVIRONMENT_BYTES:
        yield (
            "Lambda was unable to configure your environment variables because the environment variables "
            f"you have provided exceeded the 4KB limit: {size} bytes"
        )


def _package(params: Params) -> Iterator[str]:
    code = params.get("ZipFile") or params.get("Code", {}).get("ZipFile") or b""
    if len(code) > ZIP_BYTES:
        yield f"Request must be smaller than {ZIP_BYTES} bytes: the archive has {len(code)}"


def _retention(params: Params) -> Iterator[str]:
    if params.get("retentionInDays") not in RETENTION_DAYS:
        days = ", ".join(map(str, RETENTION_DAYS))
        yield f"Invalid retentionInDays value {params.get('retentionInDays')}: must be one of {days}"


def _queue(params: Params) -> Iterator[str]:
    name = params.get("QueueName")
    if name is not None and not re.fullmatch(r"[\w-]{1,80}|[\w-]{1,75}\.fifo", name, re.ASCII):
        yield f"The queue name {shortened(name)} can only include alphanumeric characters, - and _, 1 to 80"
    attributes = params.get("Attributes", {})
    for attribute, (least, most) in QUEUE_RANGES.items():
        value = attributes.get(attribute)
        if value is not None and not (str(value).isdigit() and least <= int(value) <= most):
            yield f"Invalid value for the parameter {attribute}: {value} is not from {least} to {most}"


def _queue_policy(params: Params) -> Iterator[str]:
    policy = params.get("Attributes", {}).get("Policy") or ""
    parts = statements(policy)
    principals = [each for part in parts for each in listed((_mapping(part.get("Principal"))).get("AWS", []))]
    counted = {
        "bytes": len(policy.encode()),
        "statements": len(parts),
        "actions per statement": max((len(listed(part.get("Action", []))) for part in parts), default=0),
        "principals": len(principals),
    }
    for what, most in QUEUE_POLICY.items():
        if counted[what] > most:
            yield f"Invalid value for the parameter Policy: {counted[what]} {what}; the maximum is {most}"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _topic(params: Params) -> Iterator[str]:
    name = params.get("Name")
    if name is not None and not re.fullmatch(r"[\w-]{1,256}|[\w-]{1,251}\.fifo", name, re.ASCII):
        yield f"Invalid parameter: Topic Name {shortened(name)}"
    policy = params.get("Attributes", {}).get("Policy", "")
    if params.get("AttributeName") == "Policy":
        policy = params.get("AttributeValue", "")
    if len(policy.encode()) > TOPIC_POLICY_BYTES:
        yield f"Invalid parameter: Policy is too large: {len(policy.encode())} bytes"
    if any("Condition" in part and _grants_events(part) for part in statements(policy)):
        yield "Invalid parameter: Policy statement for events.amazonaws.com must have no Condition"


def _grants_events(part: Mapping[str, Any]) -> bool:
    services = listed(_mapping(part.get("Principal")).get("Service", []))
    return part.get("Effect") == "Allow" and any(each.startswith("events.") for each in services)


def _machine(params: Params) -> Iterator[str]:
    name = params.get("name", "x")
    if re.search(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]", name):
        yield f"Invalid Name: '{shortened(name)}'"


def _bucket(params: Params) -> Iterator[str]:
    name = params.get("Bucket", "")
    fits = re.fullmatch(
        r"(?!xn--|sthree-|\d+\.\d+\.\d+\.\d+$)[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]", name
    )
    if not fits or name.endswith(("-s3alias", "--ol-s3")):
        yield f"The specified bucket is not valid: {shortened(name)}"


def _alarm(params: Params) -> Iterator[str]:
    metrics = [each for each in params.get("Metrics", []) if "MetricStat" in each]
    if len(metrics) > METRICS_IN_MATH:
        yield f"Alarms on metric math can reference {METRICS_IN_MATH} metrics, not {len(metrics)}"


def _tags(params: Params) -> Iterator[str]:
    tags = next((params[key] for key in ("Tags", "tags") if params.get(key)), ())
    if len(tags) > TAGS:
        yield f"A resource can have {TAGS} tags, not {len(tags)}"


def _operations(service: str, *names: str) -> tuple[tuple[str, str], ...]:
    return tuple((service, name) for name in names)


FUNCTIONS = _operations("lambda", "CreateFunction", "UpdateFunctionConfiguration")
QUEUES = _operations("sqs", "CreateQueue", "SetQueueAttributes")
MACHINES = _operations("stepfunctions", "CreateStateMachine")
CREATING = (
    *_operations("iam", "CreateRole"),
    *_operations("lambda", "CreateFunction"),
    *_operations("logs", "CreateLogGroup"),
    *_operations("resourcegroupstaggingapi", "TagResources"),
    *MACHINES,
)
IAM_PAGE = "IAM user guide, IAM and AWS STS quotas"
LAMBDA_PAGE = "Lambda developer guide, Lambda quotas"
SQS_PAGE = "SQS developer guide, SQS quotas"
QUOTAS = (
    Quota("inline policy", _operations("iam", "PutRolePolicy"), "LimitExceeded", IAM_PAGE, _inline),
    Quota("managed policy", _operations("iam", "CreatePolicy"), "LimitExceeded", IAM_PAGE, _managed),
    Quota(
        "trust policy",
        _operations("iam", "CreateRole", "UpdateAssumeRolePolicy"),
        "LimitExceeded",
        IAM_PAGE,
        _trust,
    ),
    Quota("environment", FUNCTIONS, "InvalidParameterValueException", LAMBDA_PAGE, _environment),
    Quota(
        "package",
        _operations("lambda", "CreateFunction", "UpdateFunctionCode"),
        "RequestEntityTooLargeException",
        LAMBDA_PAGE,
        _package,
    ),
    Quota(
        "log retention",
        _operations("logs", "PutRetentionPolicy"),
        "InvalidParameterException",
        "CloudWatch Logs API reference, PutRetentionPolicy",
        _retention,
    ),
    Quota("queue", QUEUES, "InvalidAttributeValue", "SQS API reference, CreateQueue", _queue),
    Quota("queue policy", QUEUES, "InvalidAttributeValue", SQS_PAGE, _queue_policy),
    Quota(
        "topic",
        _operations("sns", "CreateTopic", "SetTopicAttributes"),
        "InvalidParameter",
        "SNS API reference, CreateTopic; EventBridge user guide, Resource-based policies (conditions)",
        _topic,
    ),
    Quota(
        "state machine name",
        MACHINES,
        "InvalidName",
        "Step Functions API reference, CreateStateMachine",
        _machine,
    ),
    Quota(
        "bucket name",
        _operations("s3", "CreateBucket"),
        "InvalidBucketName",
        "S3 user guide, General purpose bucket naming rules",
        _bucket,
    ),
    Quota(
        "metric math",
        _operations("cloudwatch", "PutMetricAlarm"),
        "ValidationError",
        "CloudWatch user guide, Limits of alarms",
        _alarm,
    ),
    Quota(
        "tags",
        CREATING,
        "TagLimitExceeded",
        "AWS General Reference, Tag naming limits and requirements",
        _tags,
    ),
)
