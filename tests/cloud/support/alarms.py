"""The dead-letter queues of a stack, and the alarms that watch them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Protocol

import boto3
import requests
from azure.identity import DefaultAzureCredential

from bench.stack import DeployedStack
from core.deployment.names import POISON_SUFFIX
from handlers.azure import clients

SECONDS = 1200  # periods of five minutes, and the metrics' delay
ARM = "https://management.azure.com"
ALERTS = "providers/Microsoft.AlertsManagement/alerts"
POISON_ALERT = "undelivered-poison"


class Watches(Protocol):
    """One cloud's dead-letter queues and what watches them."""

    def queues(self) -> list[str]:
        """Return the queues."""

    def alarms(self, queue: str) -> list[str]:
        """Return the names of the alarms that watch the queue."""

    def put(self, queue: str) -> None:
        """Put a message into the queue."""

    def silent(self) -> list[str]:
        """Return the queues none of whose alarms has gone off."""

    def take_back(self) -> None:
        """Remove the messages again."""


class OnAws:
    """SQS queues, and CloudWatch alarms whose metrics name them in the stack's state."""

    def __init__(self, deployment: DeployedStack, resources: Sequence[dict[str, Any]]) -> None:
        self._sqs, self._cloudwatch = boto3.client("sqs"), boto3.client("cloudwatch")
        self._urls = [each["id"] for each in resources if each["type"] == "aws:sqs/queue:Queue"]
        self._watched = {
            each["id"]: _queues(each["inputs"])
            for each in resources
            if each["type"] == "aws:cloudwatch/metricAlarm:MetricAlarm"
        }

    def queues(self) -> list[str]:
        return self._urls

    def alarms(self, queue: str) -> list[str]:
        name = queue.rpartition("/")[2]
        return [alarm for alarm, queues in self._watched.items() if name in queues]

    def put(self, queue: str) -> None:
        self._sqs.send_message(QueueUrl=queue, MessageBody=f'{{"test": "{uuid.uuid4()}"}}')

    def silent(self) -> list[str]:
        found = self._cloudwatch.describe_alarms(AlarmNames=list(self._watched))["MetricAlarms"]
        raised = {each["AlarmName"] for each in found if each["StateValue"] == "ALARM"}
        return [queue for queue in self._urls if not raised & set(self.alarms(queue))]

    def take_back(self) -> None:
        for queue in self._urls:
            for each in self._sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", []):
                self._sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])


def _queues(alarm: dict[str, Any]) -> set[str]:
    """Return the queues whose metrics an alarm reads, as the program asked for it."""
    metrics = [alarm, *(each.get("metric", {}) for each in alarm.get("metricQueries", []))]
    return {each["dimensions"]["QueueName"] for each in metrics if "QueueName" in each.get("dimensions", {})}


class OnAzure:
    """The poison queue: a message that is no event gets there by itself, after five attempts.

    Nothing but a refused delivery puts an event into the container of undelivered ones, and its metric counts
    deliveries, not blobs.
    """

    def __init__(self, deployment: DeployedStack, resources: Sequence[dict[str, Any]]) -> None:
        self._service = clients.queues(deployment.outputs["queueEndpoint"])
        self._poison = deployment.outputs["deadLetters"]
        self._group = next(each["id"] for each in resources if each["type"].endswith(":ResourceGroup"))
        self._rules = [
            each["id"].rpartition("/")[2]
            for each in resources
            if each["type"].endswith(":ScheduledQueryRule")
        ]

    def queues(self) -> list[str]:
        return [self._poison]

    def alarms(self, queue: str) -> list[str]:
        return [each for each in self._rules if POISON_ALERT in each]

    def put(self, queue: str) -> None:
        uploads = self._service.get_queue_client(queue.removesuffix(POISON_SUFFIX))
        uploads.send_message('{"test": true}')

    def silent(self) -> list[str]:
        token = DefaultAzureCredential().get_token(f"{ARM}/.default").token
        _, _, subscription, _, group = self._group.split("/")[:5]
        answer = requests.get(
            f"{ARM}/subscriptions/{subscription}/{ALERTS}",
            params={
                "api-version": "2019-03-01",
                "targetResourceGroup": group,
                "monitorCondition": "Fired",
                "timeRange": "1h",
            },
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        )
        answer.raise_for_status()
        rules = [
            each["properties"]["essentials"]["alertRule"].rpartition("/")[2]
            for each in answer.json()["value"]
        ]
        return [] if any(POISON_ALERT in rule for rule in rules) else [self._poison]

    def take_back(self) -> None:
        self._service.get_queue_client(self._poison).clear_messages()


WATCHES: dict[str, Any] = {"aws": OnAws, "azure": OnAzure}
