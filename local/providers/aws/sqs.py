"""SQS queues."""

from __future__ import annotations

from collections.abc import Iterator

from local.providers.aws.cloud import client
from local.providers.aws.resource import AwsResource, Setting, chosen, document, json_faults, policy_faults
from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.wire import Properties

ATTRIBUTES = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "delaySeconds": "DelaySeconds",
    "fifoQueue": "FifoQueue",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "policy": "Policy",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}


class Queue(AwsResource):
    """``aws.sqs.Queue``."""

    kind = "aws:sqs/queue:Queue"
    auto_name = AutoName(max_length=80)
    replace_on = frozenset({"fifoQueue", "name", "region"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        yield from json_faults(inputs, "redrivePolicy")
        yield from policy_faults(inputs, "policy")

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        url = client("sqs").create_queue(QueueName=inputs["name"], Attributes=_attributes(inputs))["QueueUrl"]
        return url, {"url": url, "arn": self.find(url, {})["QueueArn"]}

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        client("sqs").set_queue_attributes(QueueUrl=identity, Attributes=_attributes(inputs))
        return {}

    def find(self, identity: str, state: Properties) -> dict[str, str]:
        answer = client("sqs").get_queue_attributes(QueueUrl=identity, AttributeNames=["All"])
        attributes: dict[str, str] = answer["Attributes"]
        return attributes

    def remove(self, identity: str, state: Properties) -> None:
        client("sqs").delete_queue(QueueUrl=identity)


class QueuePolicy(Setting):
    """``aws.sqs.QueuePolicy``."""

    kind = "aws:sqs/queuePolicy:QueuePolicy"
    replace_on = frozenset({"queueUrl", "region"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        yield from policy_faults(inputs, "policy")

    def put(self, inputs: Properties) -> str:
        policy = {"Policy": document(inputs["policy"])}
        client("sqs").set_queue_attributes(QueueUrl=inputs["queueUrl"], Attributes=policy)
        return str(inputs["queueUrl"])

    def find(self, identity: str, state: Properties) -> object:
        answer = client("sqs").get_queue_attributes(QueueUrl=identity, AttributeNames=["Policy"])
        return answer.get("Attributes", {}).get("Policy")

    def remove(self, identity: str, state: Properties) -> None:
        client("sqs").set_queue_attributes(QueueUrl=identity, Attributes={"Policy": ""})


def _attributes(inputs: Properties) -> dict[str, str]:
    """Return the queue's attributes, which the API expects as strings."""
    given = chosen(inputs, ATTRIBUTES)
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()
    }


RESOURCES = (Queue, QueuePolicy)
