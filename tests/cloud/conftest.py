"""The user's own stack: found by name, listened to, and left as it is but for the samples' jobs."""

from __future__ import annotations

import json
import os
import sys
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import boto3
import pytest

from bench.stack import DeployedStack
from core.errors import TwinlensError
from handlers.azure import clients as azure

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e" / "support"))

VARIABLE = "STACK"
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


@pytest.fixture(scope="session")
def entered() -> tuple[DeployedStack, dict[str, str]]:
    """The stack that STACK names, and the environment in which it is reached."""
    stack = os.environ.get(VARIABLE)
    if not stack:
        pytest.exit("Name the stack to test: make test-cloud STACK=aws", returncode=2)
    before = dict(os.environ)
    try:
        deployment = DeployedStack.of(stack)
    except TwinlensError as error:
        pytest.exit(str(error), returncode=1)
    return deployment, {name: value for name, value in os.environ.items() if before.get(name) != value}


@pytest.fixture
def deployment(
    entered: tuple[DeployedStack, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> DeployedStack:
    """The stack, with this process pointed at its cloud."""
    found, variables = entered
    if found.outputs["cloud"] == "aws":
        variables = {"AWS_DEFAULT_REGION": found.outputs["region"], **variables}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return found


@pytest.fixture(scope="session")
def listeners() -> Iterator[dict[str, Listener]]:
    """What listens for the length of all tests: removed at the end."""
    made: dict[str, Listener] = {}
    yield made
    for each in made.values():
        each.close()


@pytest.fixture
def listener(deployment: DeployedStack, listeners: dict[str, Listener]) -> Listener:
    """What hears of the stack's jobs from the first test on."""
    if deployment.stack not in listeners:
        listeners[deployment.stack] = LISTENERS[deployment.outputs["cloud"]](deployment.outputs)
    return listeners[deployment.stack]
