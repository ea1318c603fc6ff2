"""The AWS provider's functions that programs call."""

from __future__ import annotations

from local.providers.aws.cloud import account, client, region
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


FUNCTIONS = {
    "aws:index/getCallerIdentity:getCallerIdentity": get_caller_identity,
    "aws:index/getPartition:getPartition": get_partition,
    "aws:index/getRegion:getRegion": get_region,
}
