"""Hear the notifications of a local stack."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from handlers.aws.clients import client
from handlers.azure import clients

TOPICS = ("success", "error")

type Hear = Callable[[], list[str]]


def heard(outputs: Mapping[str, Any]) -> Hear:
    """Return a function that takes the notices since its last call, and returns the jobs they are about."""
    return {"aws": _on_aws, "azure": _on_azure}[outputs["cloud"]](outputs)


def _on_aws(outputs: Mapping[str, Any]) -> Hear:
    queues = [_subscribed(outputs[f"{topic}Topic"]) for topic in TOPICS]

    def drain() -> list[str]:
        found = []
        for url in queues:
            while (
                taken := client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages")
            ):
                found += [str(json.loads(each["Body"])["id"]) for each in taken]
                entries = [
                    {"Id": str(at), "ReceiptHandle": each["ReceiptHandle"]} for at, each in enumerate(taken)
                ]
                client("sqs").delete_message_batch(QueueUrl=url, Entries=entries)
        return found

    return drain


def _subscribed(topic: str) -> str:
    url = str(client("sqs").create_queue(QueueName=f"benchmark-{uuid.uuid4().hex[:8]}")["QueueUrl"])
    arn = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    sender = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}}
    statement = {**sender, "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    raw = {"RawMessageDelivery": "true"}
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=raw)
    return url


def _on_azure(outputs: Mapping[str, Any]) -> Hear:
    queues = [
        clients.queues(outputs["queueEndpoint"]).get_queue_client(outputs[f"{topic}Topic"])
        for topic in TOPICS
    ]

    def drain() -> list[str]:
        found = []
        for queue in queues:
            for each in queue.receive_messages(messages_per_page=32):
                found.append(str(json.loads(each.content)["id"]))
                queue.delete_message(each)
        return found

    return drain
