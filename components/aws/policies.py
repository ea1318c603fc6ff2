"""IAM policy documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

Statement = Mapping[str, Any]

# The ARN of a bucket names no account: if a stack's bucket is gone, anybody can take its name.
OWN_ACCOUNT = {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}


def allow(actions: Sequence[str], resources: Sequence[pulumi.Input[str]]) -> Statement:
    """Return a statement that allows the actions on the resources."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def allow_objects(actions: Sequence[str], objects: Sequence[pulumi.Input[str]]) -> Statement:
    """Return a statement that allows the actions on objects in buckets of the role's own account."""
    return {**allow(actions, objects), "Condition": OWN_ACCOUNT}


def allow_list(bucket: pulumi.Input[str], prefix: str) -> Statement:
    """Return a statement that allows listing the bucket's objects under the prefix."""
    return {
        **allow(["s3:ListBucket"], [bucket]),
        "Condition": {**OWN_ACCOUNT, "StringLike": {"s3:prefix": f"{prefix}*"}},
    }


def allow_service(
    service: str, action: str, resource: pulumi.Input[str], sources: Sequence[pulumi.Input[str]]
) -> Statement:
    """Return a statement that lets an AWS service act on the resource for these source ARNs only."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": action,
        "Resource": resource,
        "Condition": {"ArnEquals": {"aws:SourceArn": list(sources)}},
    }


def deny_plain_http(action: str, resources: Sequence[pulumi.Input[str]]) -> Statement:
    """Return a statement that denies requests without TLS."""
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": list(resources),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def document(statements: Sequence[Statement]) -> pulumi.Output[str]:
    """Return the policy document as JSON text."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})
