"""The compiled state machine on MiniStack, with scripted functions behind it."""

import copy
import io
import json
import sysconfig
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import scripted
from emulated_aws import client_of
from outcome import (
    AGAIN,
    CONTAINER,
    ETAG,
    RECIPE,
    SIZE,
    Outcome,
    calls,
    notifications,
    timeless,
    timeless_row,
)

from components.aws.state_machine.approval import ASK
from components.aws.state_machine.compiler import compile_workflow
from components.aws.state_machine.references import LEDGER, fill, function, topic
from components.aws.state_machine.references import RECIPE as RECIPE_REFERENCE
from core.deployment import variables
from core.deployment.names import EXPIRES_AT
from core.workflow.granularity import FUSED, GRANULARITIES, STEPWISE, pipeline_in
from core.workflow.model import Workflow
from handlers.aws import ledger, review
from local.state import AwsEmulator

CHECKOUT = Path(__file__).parents[3]
EVENT = json.loads((CHECKOUT / "tests/events/s3_object_created.json").read_text())["plain"]
ROLE = "arn:aws:iam::000000000000:role/contract"
TOPICS = ("review", "success", "error")  # in the order in which a job sends to them
PATIENCE_SECONDS = 120


class Aws:
    """The parts of a deployment that a state machine needs."""

    def __init__(self, emulator: AwsEmulator, folder: Path) -> None:
        self._emulator = emulator
        self.calls = folder / "calls-aws"
        self.calls.touch()
        self.client("dynamodb").create_table(
            TableName="ledger",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self._queues = {name: self._queue(name) for name in TOPICS}
        self.references = {LEDGER: "ledger", RECIPE_REFERENCE: RECIPE}
        self.references |= {topic(name): self._topic(name) for name in TOPICS}
        package = _package()
        steps = {step.name for each in GRANULARITIES for step in pipeline_in(each).steps()}
        self.references |= {function(step): self._function(step, package) for step in steps}
        self.references[function(ASK)] = self._function(ASK, package, "scripted.ask")

    def client(self, service: str) -> Any:
        """Return a client of the emulator."""
        return client_of(self._emulator, service)

    def machine(self, workflow: Workflow) -> str:
        """Create the workflow's state machine and return its ARN."""
        return self.machine_of(workflow.name, compile_workflow(workflow, timeout_seconds=30))

    def machine_of(self, name: str, definition: dict[str, Any], **references: str) -> str:
        """Create a state machine of a compiled definition and return its ARN."""
        filled = fill(definition, self.references | {f"${{{key}}}": each for key, each in references.items()})
        made = self.client("stepfunctions").create_state_machine(
            name=name, definition=json.dumps(filled), roleArn=ROLE
        )
        return str(made["stateMachineArn"])

    def busy_function(self) -> str:
        """Return the ARN of a function of which every call is throttled."""
        arn = self._function("busy", _package())
        self.client("lambda").put_function_concurrency(
            FunctionName="contract-busy", ReservedConcurrentExecutions=0
        )
        return arn

    def summary_function(self, bucket: str) -> str:
        """Return the ARN of the function that summarizes batches with lists in this bucket."""
        more = {variables.OUTPUT_CONTAINER: bucket}
        return self._function("summarize", _package(), "handlers.aws.batch.summarize", more)

    def run(self, machine: str, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Execute the machine for each event, one after the other, and return how they ended."""
        states = self.client("stepfunctions")
        ends = []
        for event in events:
            execution = states.start_execution(stateMachineArn=machine, input=json.dumps(event))[
                "executionArn"
            ]
            deadline = time.monotonic() + PATIENCE_SECONDS
            while (end := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
                assert time.monotonic() < deadline, event
                self._decide(event["detail"]["object"]["key"])
                time.sleep(0.05)
            ends.append(end)
        return ends

    def _decide(self, key: str) -> None:
        """Decide about the upload's job as its script says, as soon as its execution waits."""
        if key not in map(scripted.key, scripted.DECISIONS):
            return
        with pytest.MonkeyPatch.context() as patch:
            # The handlers' own clients, of this emulator.
            patch.setattr(review, "client", self.client)
            patch.setattr(ledger, "client", self.client)
            table = ledger.DynamoLedger("ledger")
            rows = [row for row in table.list() if row.document["source"]["key"] == key and row.token]
            for row in rows:
                if decided := scripted.decide(table, row.id, key):
                    review.wake(decided)

    def rows(self) -> dict[str, dict[str, Any]]:
        """Return the ledger's rows by the upload's key."""
        items = self.client("dynamodb").scan(TableName="ledger")["Items"]
        rows = [{name: next(iter(value.values())) for name, value in item.items()} for item in items]
        # On AWS the row itself says when it expires; on Azure a scheduled run deletes it.
        assert all(int(row.pop(EXPIRES_AT)) > 0 for row in rows)
        return {row["key"]: timeless_row(row) for row in rows}

    def notifications(self) -> dict[str, list[tuple[str, dict[str, Any]]]]:
        """Return what was sent to the topics, by the upload's key."""
        sent: dict[str, list[tuple[str, dict[str, Any]]]] = {}
        for name, queue in self._queues.items():
            for key, messages in notifications(name, self._messages(queue)).items():
                sent.setdefault(key, []).extend(messages)
        return sent

    def _queue(self, name: str) -> str:
        return str(self.client("sqs").create_queue(QueueName=f"contract-{name}")["QueueUrl"])

    def _messages(self, queue: str) -> Iterator[str]:
        while (
            received := self.client("sqs")
            .receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
            .get("Messages")
        ):
            for message in received:
                self.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
                yield message["Body"]

    def _topic(self, name: str) -> str:
        arn = str(self.client("sns").create_topic(Name=f"contract-{name}")["TopicArn"])
        queue = self.client("sqs").get_queue_attributes(
            QueueUrl=self._queues[name], AttributeNames=["QueueArn"]
        )
        self.client("sns").subscribe(
            TopicArn=arn,
            Protocol="sqs",
            Endpoint=queue["Attributes"]["QueueArn"],
            Attributes={"RawMessageDelivery": "true"},
        )
        return arn

    def _function(
        self,
        step: str,
        package: bytes,
        handler: str = "scripted.handler",
        more: Mapping[str, str] | None = None,
    ) -> str:
        made = self.client("lambda").create_function(
            FunctionName=f"contract-{step}",
            Runtime="python3.13",
            Role=ROLE,
            Handler=handler,
            Code={"ZipFile": package},
            Timeout=30,
            Environment={
                "Variables": {
                    "TWINLENS_STEP": step,
                    scripted.CALLS: str(self.calls),
                    variables.LEDGER_TABLE: "ledger",
                    variables.REVIEW_TOPIC: self.references[topic("review")],
                    **(more or {}),
                    "PYTHONPATH": sysconfig.get_path("purelib"),  # botocore, for the function that asks
                }
            },
        )
        return str(made["FunctionArn"])


def upload(key: str) -> dict[str, Any]:
    """Return the event of an upload as EventBridge hands it to the state machine."""
    event = copy.deepcopy(EVENT)
    event["detail"]["bucket"]["name"] = CONTAINER
    event["detail"]["object"] |= {"key": key, "etag": ETAG, "size": SIZE}
    return event


def run_all(aws: Aws) -> tuple[dict[str, Outcome], dict[str, Counter[str]]]:
    """Run every scenario and then the first once more; return the outcomes, and the calls by upload."""
    machines = {each: aws.machine(pipeline_in(each)) for each in GRANULARITIES}
    machines["reviewed"] = aws.machine(pipeline_in(STEPWISE, scripted.REVIEW_SECONDS))
    scripts = scripted.SCENARIOS | scripted.FUSED | scripted.REVIEWED
    keys = {scenario: scripted.key(scenario) for scenario in scripts}
    ends = []
    variants = (STEPWISE, scripted.SCENARIOS), (FUSED, scripted.FUSED), ("reviewed", scripted.REVIEWED)
    for granularity, scripts in variants:
        ends += aws.run(machines[granularity], [upload(keys[scenario]) for scenario in scripts])
    keys[AGAIN] = next(iter(keys.values()))
    ends += aws.run(machines[STEPWISE], [upload(keys[AGAIN])])
    rows, sent = aws.rows(), aws.notifications()
    outcomes = {
        scenario: Outcome(end_of(end), rows[key], sent.get(key, []))
        for (scenario, key), end in zip(keys.items(), ends, strict=True)
    }
    return outcomes, calls(aws.calls)


def end_of(execution: dict[str, Any]) -> dict[str, Any] | str:
    """Return an execution's final job document or, if it failed, its error."""
    if execution["status"] == "SUCCEEDED":
        return timeless(json.loads(execution["output"]))
    return f"{execution['error']}: {execution['cause']}"


def _package() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.write(scripted.__file__, "scripted.py")
        for folder in ("core", "handlers/aws"):
            for file in (CHECKOUT / folder).rglob("*.py"):
                archive.write(file, file.relative_to(CHECKOUT))
    return stream.getvalue()
