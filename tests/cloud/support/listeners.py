"""What hears of the ends of jobs on either cloud, without taking anything from who else listens."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any, Protocol

import boto3
import pytest

from handlers.azure import clients as azure

TOPICS = ("success", "error")
PEEKED = 32  # messages: the most that a queue shows at once

Told = list[tuple[str, dict[str, Any]]]


class Listener(Protocol):
    """Hears of the ends of jobs, without taking anything from who else listens."""

    def heard(self) -> Told:
        """Return everything told so far, with its topics."""

    def close(self) -> None:
        """Remove what listening took."""


class AwsListener:
    """A queue of its own behind each SNS topic."""

    def __init__(self, outputs: Mapping[str, Any]) -> None:
        self._sqs, self._sns = boto3.client("sqs"), boto3.client("sns")
        self._queues: dict[str, str] = {}
        self._subscriptions: list[str] = []
        self._told: Told = []
        for topic in TOPICS:
            arn = outputs[f"{topic}Topic"]
            queue = self._sqs.create_queue(QueueName=f"twinlens-test-{topic}-{uuid.uuid4().hex[:8]}")
            self._queues[topic] = queue["QueueUrl"]
            self._subscriptions.append(self._subscribe(arn, queue["QueueUrl"]))

    def _subscribe(self, topic: str, queue: str) -> str:
        attributes = self._sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
        arn = attributes["Attributes"]["QueueArn"]
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self._sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
        answer = self._sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=arn,
            Attributes={"RawMessageDelivery": "true"},
            ReturnSubscriptionArn=True,
        )
        return str(answer["SubscriptionArn"])

    def heard(self) -> Told:
        for topic, queue in self._queues.items():
            while messages := self._sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get(
                "Messages"
            ):
                for each in messages:
                    self._told.append((topic, json.loads(each["Body"])))
                    self._sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
        return self._told

    def close(self) -> None:
        for subscription in self._subscriptions:
            self._sns.unsubscribe(SubscriptionArn=subscription)
        for queue in self._queues.values():
            self._sqs.delete_queue(QueueUrl=queue)


class AzureListener:
    """The notification queues themselves, whose messages are looked at and left."""

    def __init__(self, outputs: Mapping[str, Any]) -> None:
        service = azure.queues(outputs["queueEndpoint"])
        self._queues = {topic: service.get_queue_client(outputs[f"{topic}Topic"]) for topic in TOPICS}
        self._told: dict[str, tuple[str, dict[str, Any]]] = {}
        waiting = [topic for topic, queue in self._queues.items() if len(queue.peek_messages(PEEKED)) > 10]
        if waiting:
            pytest.skip(f"Too many messages wait in the queues of {waiting}: new ones can't be seen.")

    def heard(self) -> Told:
        for topic, queue in self._queues.items():
            for each in queue.peek_messages(PEEKED):
                self._told[each.id] = (topic, json.loads(each.content))
        return list(self._told.values())

    def close(self) -> None:
        """Leave the queues as they are."""


LISTENERS = {"aws": AwsListener, "azure": AzureListener}
