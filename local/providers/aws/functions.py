"""The functions of the AWS provider."""

from __future__ import annotations

import json
import zlib
from typing import Any

from local.providers.aws.cloud import account, client, region
from local.providers.aws.resource import chosen
from local.providers.wire import Properties


def get_caller_identity(arguments: Properties) -> Properties:
    """``aws.get_caller_identity``."""
    caller = client("sts").get_caller_identity()
    return {"id": account(), "accountId": account(), "arn": caller["Arn"], "userId": caller["UserId"]}


def get_region(arguments: Properties) -> Properties:
    """``aws.get_region``."""
    name = arguments.get("region") or region()
    return {
        "id": name,
        "name": name,
        "region": name,
        "description": name,
        "endpoint": f"ec2.{name}.amazonaws.com",
    }


def get_partition(arguments: Properties) -> Properties:
    """``aws.get_partition``."""
    names = {"dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}
    return {"id": "aws", "partition": "aws", **names}


def get_policy_document(arguments: Properties) -> Properties:
    """``aws.iam.get_policy_document``, without support for merging documents."""
    statements = [_statement(each) for each in arguments.get("statements", [])]
    policy = {"Version": arguments.get("version", "2012-10-17"), "Statement": statements}
    if "policyId" in arguments:
        policy["Id"] = arguments["policyId"]
    compact = json.dumps(policy, separators=(",", ":"))
    identity = str(zlib.crc32(compact.encode()))
    return {**arguments, "id": identity, "json": json.dumps(policy, indent=2), "minifiedJson": compact}


def _statement(given: Properties) -> Properties:
    names = {"sid": "Sid", "actions": "Action", "notActions": "NotAction"}
    names |= {"resources": "Resource", "notResources": "NotResource"}
    statement = {"Effect": given.get("effect", "Allow"), **chosen(given, names)}
    for name, theirs in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if given.get(name):
            statement[theirs] = {each["type"]: each["identifiers"] for each in given[name]}
    for condition in given.get("conditions", []):
        tests = statement.setdefault("Condition", {}).setdefault(condition["test"], {})
        tests[condition["variable"]] = condition["values"]
    return {key: _alone(value) for key, value in statement.items()}


def _alone(value: Any) -> Any:
    """Return the item of a list with one item, as policies are often written."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


FUNCTIONS = {
    "aws:iam/getPolicyDocument:getPolicyDocument": get_policy_document,
    "aws:index/getCallerIdentity:getCallerIdentity": get_caller_identity,
    "aws:index/getPartition:getPartition": get_partition,
    "aws:index/getRegion:getRegion": get_region,
}
