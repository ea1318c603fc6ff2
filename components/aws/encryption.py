"""Encrypt everything that a stack keeps with one key of the customer's own.

The key's policy has to let services in that write without a role: docs/deploy/aws-key-policy.json.
"""

from __future__ import annotations

import json
from typing import Any

import pulumi

from components.aws.policies import allow

ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
USES = ("kms:Decrypt", "kms:GenerateDataKey")
REUSE_SECONDS = 900  # how long a state machine uses one data key, at most: fewer requests to the key


def transformation(key: str) -> pulumi.ResourceTransformation | None:
    """Return a transformation for a component's options that makes all resources below it use the key.

    Every role may decrypt with this key and get data keys from it, and use no other. Without a key there is
    no transformation: the services' own keys encrypt, and so they do in another region than the key's.
    """
    if not key:
        return None
    settings = _settings(key)

    def encrypt(arguments: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        props = arguments.props
        if props.get("region") not in (None, key.split(":")[3]):
            return None  # a key encrypts in its own region only
        if arguments.type_ == ROLE_POLICY:
            policy = pulumi.Output.from_input(props["policy"]).apply(lambda text: _with_key(text, key))
            return pulumi.ResourceTransformationResult({**props, "policy": policy}, arguments.opts)
        if arguments.type_ in settings:
            own = {**props, **settings[arguments.type_]}
            return pulumi.ResourceTransformationResult(own, arguments.opts)
        return None

    return encrypt


def _settings(key: str) -> dict[str, dict[str, Any]]:
    """Return, by type, the properties that make a resource use the key."""
    return {
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
            "rules": [
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": key,
                    },
                    # One request for many objects instead of one for each.
                    "bucket_key_enabled": True,
                }
            ]
        },
        "aws:dynamodb/table:Table": {"server_side_encryption": {"enabled": True, "kms_key_arn": key}},
        "aws:sqs/queue:Queue": {"sqs_managed_sse_enabled": None, "kms_master_key_id": key},
        "aws:sns/topic:Topic": {"kms_master_key_id": key},
        "aws:cloudwatch/logGroup:LogGroup": {"kms_key_id": key},
        "aws:lambda/function:Function": {"kms_key_arn": key},
        "aws:sfn/stateMachine:StateMachine": {
            "encryption_configuration": {
                "type": "CUSTOMER_MANAGED_KMS_KEY",
                "kms_key_id": key,
                "kms_data_key_reuse_period_seconds": REUSE_SECONDS,
            }
        },
    }


def _with_key(policy: str, key: str) -> str:
    document = json.loads(policy)
    document["Statement"].append(allow(USES, [key]))
    return json.dumps(document)
