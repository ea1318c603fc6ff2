"""CloudWatch log groups, resource policies and saved queries."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from local.providers.aws.cloud import account, client, region
from local.providers.aws.resource import AwsResource, Setting, chosen, document, policy_faults
from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.wire import Properties

# The retention periods of CloudWatch Logs in days; 0 keeps events indefinitely.
RETENTIONS = (
    0,
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)


class LogGroup(AwsResource):
    """``aws.cloudwatch.LogGroup``."""

    kind = "aws:cloudwatch/logGroup:LogGroup"
    auto_name = AutoName(max_length=512, forbidden=r"[^A-Za-z0-9_/.#-]")
    replace_on = frozenset({"logGroupClass", "name", "region"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        days = inputs.get("retentionInDays", 0)
        if days not in RETENTIONS:
            yield Fault("retentionInDays", f"{days} is not allowed; it must be one of {RETENTIONS}.")

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        name = inputs["name"]
        tags = {"tags": inputs["tags"]} if inputs.get("tags") else {}
        key = chosen(inputs, {"kmsKeyId": "kmsKeyId"})
        client("logs").create_log_group(logGroupName=name, **tags, **key)
        self._retain(inputs)
        return name, {"arn": f"arn:aws:logs:{region()}:{account()}:log-group:{name}"}

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        self._retain(inputs)
        if inputs.get("kmsKeyId") != state.get("kmsKeyId"):
            if inputs.get("kmsKeyId"):
                client("logs").associate_kms_key(logGroupName=identity, kmsKeyId=inputs["kmsKeyId"])
            else:
                client("logs").disassociate_kms_key(logGroupName=identity)
        return {}

    def find(self, identity: str, state: Properties) -> object:
        groups = client("logs").describe_log_groups(logGroupNamePrefix=identity)["logGroups"]
        return [group for group in groups if group["logGroupName"] == identity]

    def remove(self, identity: str, state: Properties) -> None:
        if not state.get("skipDestroy"):
            client("logs").delete_log_group(logGroupName=identity)

    def _retain(self, inputs: Properties) -> None:
        name, days = inputs["name"], inputs.get("retentionInDays", 0)
        if days:
            client("logs").put_retention_policy(logGroupName=name, retentionInDays=days)
        else:
            client("logs").delete_retention_policy(logGroupName=name)


class LogResourcePolicy(Setting):
    """``aws.cloudwatch.LogResourcePolicy``."""

    kind = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
    replace_on = frozenset({"policyName", "region"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        yield from policy_faults(inputs, "policyDocument")

    def put(self, inputs: Properties) -> str:
        name, policy = inputs["policyName"], document(inputs["policyDocument"])
        client("logs").put_resource_policy(policyName=name, policyDocument=policy)
        return str(name)

    def find(self, identity: str, state: Properties) -> object:
        policies = client("logs").describe_resource_policies()["resourcePolicies"]
        return [policy for policy in policies if policy["policyName"] == identity]

    def remove(self, identity: str, state: Properties) -> None:
        client("logs").delete_resource_policy(policyName=identity)


class QueryDefinition(Setting):
    """``aws.cloudwatch.QueryDefinition``: only recorded, since the emulator saves no queries."""

    kind = "aws:cloudwatch/queryDefinition:QueryDefinition"
    auto_name = AutoName(max_length=255)
    replace_on = frozenset({"region"})

    def put(self, inputs: Properties) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{account()}/{region()}/{inputs['name']}"))

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        identity = self.put(inputs)
        arn = f"arn:aws:logs:{region()}:{account()}:query-definition:{identity}"
        return identity, {"arn": arn, "queryDefinitionId": identity}

    def find(self, identity: str, state: Properties) -> object:
        return state

    def remove(self, identity: str, state: Properties) -> None:
        """Do nothing, since nothing was created."""


RESOURCES = (LogGroup, LogResourcePolicy, QueryDefinition)
