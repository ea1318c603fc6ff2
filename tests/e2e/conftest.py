"""Both deployed stacks, and each cloud's own ways to hear of a job's end and to deliver an event again."""

from __future__ import annotations

import base64
import json
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import boto3
import pytest
from azure.core.credentials import AzureNamedKeyCredential
from azure.storage.queue import QueueClient
from PIL import Image

from bench.connections import connect
from bench.sending import FINAL_STATES
from bench.stack import DeployedStack
from core.ledger import LedgerRow
from handlers.aws import clients as aws_clients
from local.environment import LocalStack

sys.path.insert(0, str(Path(__file__).parent / "support"))

TIMEOUT = 300
TEST_QUEUES = "heard-by-tests-"
TOPICS = ("success", "error", "review")  # the last in stacks with reviews alone
EVENTS = Path(__file__).parents[1] / "events"


def wait_for[T](look: Callable[[], T | None], what: str, seconds: float = TIMEOUT) -> T:
    """Look twice a second until there is something; fail with ``what`` if nothing comes."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (found := look()) is not None:
            return found
        time.sleep(0.5)
    raise AssertionError(f"waited {seconds:.0f} s for {what}")


class Deliveries(Protocol):
    """One cloud's events and notifications."""

    def deliver(self, key: str, etag: str, size: int, times: int) -> None:
        """Have the same upload's event delivered, several times at once."""

    def drain(self) -> list[tuple[str, dict[str, Any]]]:
        """Take the notifications that have come since, with their topics."""


@dataclass
class AwsDeliveries:
    """EventBridge's event as the state machine gets it; an SQS queue behind each SNS topic."""

    outputs: Mapping[str, Any]
    queues: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for topic in (each for each in TOPICS if self.outputs[f"{each}Topic"]):
            queue = boto3.client("sqs").create_queue(
                QueueName=f"{TEST_QUEUES}{topic}-{uuid.uuid4().hex[:8]}"
            )["QueueUrl"]
            attributes = boto3.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
            arn = attributes["Attributes"]["QueueArn"]
            boto3.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": _open_to_sns(arn)})
            boto3.client("sns").subscribe(
                TopicArn=self.outputs[f"{topic}Topic"],
                Protocol="sqs",
                Endpoint=arn,
                Attributes={"RawMessageDelivery": "true"},
            )
            self.queues[topic] = queue

    def deliver(self, key: str, etag: str, size: int, times: int) -> None:
        event = json.loads((EVENTS / "s3_object_created.json").read_text())["plain"]
        event["detail"]["bucket"]["name"] = self.outputs["inputContainer"]
        event["detail"]["object"] |= {"key": key, "etag": etag, "size": size}
        workflow, told = self.outputs["workflow"], json.dumps(event)
        for _ in range(times):
            if self.outputs["orchestrator"] == "durable":
                boto3.client("lambda").invoke(FunctionName=workflow, InvocationType="Event", Payload=told)
            else:
                boto3.client("stepfunctions").start_execution(stateMachineArn=workflow, input=told)

    def drain(self) -> list[tuple[str, dict[str, Any]]]:
        drained = []
        sqs = boto3.client("sqs")
        for topic, queue in self.queues.items():
            while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
                for message in messages:
                    drained.append((topic, json.loads(message["Body"])))
                    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return drained


def _open_to_sns(queue: str) -> str:
    sender = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}}
    statement = {**sender, "Action": "sqs:SendMessage", "Resource": queue}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@dataclass
class AzureDeliveries:
    """Event Grid's message in the uploads queue; the notification queues themselves."""

    outputs: Mapping[str, Any]
    queue_endpoint: str
    key: str
    account: str

    def queue(self, name: str) -> QueueClient:
        credential = AzureNamedKeyCredential(self.account, self.key)
        return QueueClient(f"{self.queue_endpoint}/{self.account}", name, credential=credential)

    def deliver(self, key: str, etag: str, size: int, times: int) -> None:
        event = json.loads((EVENTS / "event_grid_blob_created.json").read_text())["plain"]
        event["subject"] = f"/blobServices/default/containers/{self.outputs['inputContainer']}/blobs/{key}"
        event["data"] |= {"eTag": etag, "contentLength": size}
        for _ in range(times):
            self.queue("uploads").send_message(base64.b64encode(json.dumps(event).encode()).decode())

    def drain(self) -> list[tuple[str, dict[str, Any]]]:
        drained = []
        for topic in (each for each in TOPICS if self.outputs[f"{each}Topic"]):
            queue = self.queue(self.outputs[f"{topic}Topic"])
            for message in queue.receive_messages(messages_per_page=32):
                drained.append((topic, json.loads(message.content)))
                queue.delete_message(message)
        return drained


@dataclass
class Stand:
    """One deployed stack under test."""

    deployment: DeployedStack
    deliveries: Deliveries
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def claimed(self, job: str) -> LedgerRow:
        """Return the job's row once there is one."""
        return wait_for(lambda: self.deployment.row(job), f"a claim of job {job} on {self.deployment.stack}")

    def finished(self, job: str) -> LedgerRow:
        """Return the job's row once it is in a final state."""

        def look() -> LedgerRow | None:
            row = self.deployment.row(job)
            return row if row and row.state in FINAL_STATES else None

        return wait_for(look, f"job {job} to end on {self.deployment.stack}")

    def notifications(self, job: str = "") -> list[tuple[str, dict[str, Any]]]:
        """Return what was told so far, of the job or of all."""
        self.heard += self.deliveries.drain()
        return [(topic, message) for topic, message in self.heard if job in ("", message["id"])]

    def notified(self, job: str) -> list[tuple[str, dict[str, Any]]]:
        """Return what was told of the job once anything was."""
        return wait_for(lambda: self.notifications(job) or None, f"a notification of job {job}")


@pytest.fixture(scope="session")
def heard() -> dict[str, Stand]:
    """The stands made so far: what one test drained from a queue is kept for the others."""
    return {}


@pytest.fixture
def stands(
    local_stacks: Any, heard: dict[str, Stand], monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, Stand]]:
    """Both stacks, with this process pointed at their emulators."""
    for name, value in local_stacks.environment.items():
        monkeypatch.setenv(name, value)
    aws_clients.client.cache_clear()
    aws_clients._session.cache_clear()
    if not heard:
        heard |= {
            name: make_stand(name, local_stacks.state, outputs)
            for name, outputs in local_stacks.outputs.items()
        }
    yield heard
    aws_clients.client.cache_clear()
    aws_clients._session.cache_clear()


def make_stand(name: str, state: Any, outputs: Mapping[str, Any]) -> Stand:
    """Connect to a stack that is up on the emulators of ``state``."""
    if outputs["cloud"] == "aws":
        deliveries: Deliveries = AwsDeliveries(outputs)
    else:
        account = urlsplit(outputs["storeEndpoint"]).path.strip("/")
        deliveries = AzureDeliveries(outputs, state.azure.queue, state.azure.key, account)
    return Stand(DeployedStack(name, outputs, connect(outputs), "emulator"), deliveries)


@pytest.fixture(scope="session")
def connect_stand() -> Callable[..., Stand]:
    """Connect to a stack that is up: see :func:`make_stand`."""
    return make_stand


@pytest.fixture(scope="session")
def wait() -> Callable[..., Any]:
    """Look twice a second until there is something: see :func:`wait_for`."""
    return wait_for


@pytest.fixture(params=list(LocalStack))
def stand(request: pytest.FixtureRequest, stands: dict[str, Stand]) -> Stand:
    """Each stack in turn."""
    return stands[request.param]


@pytest.fixture(scope="session")
def photo() -> bytes:
    """A small photo, quick to process."""
    file = BytesIO()
    Image.linear_gradient("L").convert("RGB").save(file, "JPEG")
    return file.getvalue()
