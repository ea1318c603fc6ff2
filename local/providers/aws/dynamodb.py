"""DynamoDB tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local.providers.aws.cloud import client
from local.providers.aws.resource import AwsResource, chosen, pascal
from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.wire import Properties


class Table(AwsResource):
    """``aws.dynamodb.Table`` without local indexes and replicas."""

    kind = "aws:dynamodb/table:Table"
    auto_name = AutoName(max_length=255, forbidden=r"[^A-Za-z0-9_.-]")
    replace_on = frozenset({"attributes", "globalSecondaryIndexes", "hashKey", "name", "rangeKey", "region"})
    # The service changes global indexes in place; here, such a change replaces the table.

    def check(self, inputs: Properties) -> Iterator[Fault]:
        for name in ("localSecondaryIndexes", "replicas"):
            if inputs.get(name):
                yield Fault(name, f"the local stand-in does not serve {name}.")
        known = [attribute["name"] for attribute in inputs.get("attributes", [])]
        for name in ("hashKey", "rangeKey"):
            if inputs.get(name) and inputs[name] not in known:
                yield Fault(name, f"{inputs[name]!r} is not among the table's attributes {known}.")
        for index in inputs.get("globalSecondaryIndexes", []):
            for key in index.get("keySchemas", []):
                if key["attributeName"] not in known:
                    yield Fault(
                        "globalSecondaryIndexes",
                        f"{key['attributeName']!r} is not among the table's attributes {known}.",
                    )
        if not inputs.get("hashKey"):
            yield Fault("hashKey", "the required property 'hashKey' is missing.")

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        name = inputs["name"]
        keys = [
            ("HASH", inputs["hashKey"]),
            *([("RANGE", inputs["rangeKey"])] if "rangeKey" in inputs else []),
        ]
        table = client("dynamodb").create_table(
            TableName=name,
            AttributeDefinitions=[
                {"AttributeName": each["name"], "AttributeType": each["type"]}
                for each in inputs["attributes"]
            ],
            KeySchema=[{"AttributeName": attribute, "KeyType": kind} for kind, attribute in keys],
            **_indexes(inputs),
            **_capacity(inputs),
            **_encryption(inputs),
        )["TableDescription"]
        client("dynamodb").get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        _settings({}, inputs)
        return name, {"arn": table["TableArn"], "billingMode": inputs.get("billingMode", "PROVISIONED")}

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        if _capacity(state) != _capacity(inputs):
            client("dynamodb").update_table(TableName=identity, **_capacity(inputs))
        if _encryption(state) != _encryption(inputs):
            client("dynamodb").update_table(
                TableName=identity, **(_encryption(inputs) or {"SSESpecification": {"Enabled": False}})
            )
        _settings(state, inputs)
        return {}

    def find(self, identity: str, state: Properties) -> object:
        return client("dynamodb").describe_table(TableName=identity)

    def remove(self, identity: str, state: Properties) -> None:
        client("dynamodb").delete_table(TableName=identity)


def _indexes(inputs: Properties) -> dict[str, Any]:
    indexes = [
        {
            "IndexName": each["name"],
            "KeySchema": pascal(each["keySchemas"]),
            "Projection": {
                "ProjectionType": each["projectionType"],
                **chosen(each, {"nonKeyAttributes": "NonKeyAttributes"}),
            },
        }
        for each in inputs.get("globalSecondaryIndexes", [])
    ]
    return {"GlobalSecondaryIndexes": indexes} if indexes else {}


def _capacity(inputs: Properties) -> dict[str, Any]:
    if inputs.get("billingMode") == "PAY_PER_REQUEST":
        capacity: dict[str, Any] = {"BillingMode": "PAY_PER_REQUEST"}
    else:
        units = {
            "ReadCapacityUnits": inputs.get("readCapacity", 1),
            "WriteCapacityUnits": inputs.get("writeCapacity", 1),
        }
        capacity = {"BillingMode": inputs.get("billingMode", "PROVISIONED"), "ProvisionedThroughput": units}
    return {**capacity, "DeletionProtectionEnabled": inputs.get("deletionProtectionEnabled", False)}


def _encryption(inputs: Properties) -> dict[str, Any]:
    given = inputs.get("serverSideEncryption")
    if not given:
        return {}
    names = {"enabled": "Enabled", "kmsKeyArn": "KMSMasterKeyId"}
    return {"SSESpecification": {"SSEType": "KMS", **chosen(given, names)}}


def _settings(old: Properties, new: Properties) -> None:
    """Set expiry and point-in-time recovery if they changed."""
    ttl = new.get("ttl", {})
    if ttl != old.get("ttl", {}):
        name = ttl.get("attributeName") or old["ttl"]["attributeName"]
        client("dynamodb").update_time_to_live(
            TableName=new["name"],
            TimeToLiveSpecification={"AttributeName": name, "Enabled": ttl.get("enabled", False)},
        )
    recovery = new.get("pointInTimeRecovery", {})
    if recovery != old.get("pointInTimeRecovery", {}):
        enabled = {"PointInTimeRecoveryEnabled": recovery.get("enabled", False)}
        client("dynamodb").update_continuous_backups(
            TableName=new["name"], PointInTimeRecoverySpecification=enabled
        )


RESOURCES = (Table,)
