"""The intake port on AWS: uploads in S3, and executions of Step Functions or of a durable function."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from core.batch.items import event as bare_event
from core.job import Batch, Source
from core.ports import Upload
from handlers.aws.clients import client
from handlers.aws.errors import translated

FUNCTION, DURABLE = ":function:", "/durable-execution/"  # in the ARNs of functions and of durable executions
EVENT_TIME = "%Y-%m-%dT%H:%M:%SZ"  # as in EventBridge's events, so that times can be compared as text


class S3Intake:
    """One bucket and the workflow behind it; see :class:`core.ports.Intake`.

    ``workflow`` is the ARN of a state machine or of a durable function's alias.
    """

    def __init__(
        self, bucket: str, prefix: str, suffixes: tuple[str, ...], workflow: str, after: str = ""
    ) -> None:
        self._bucket = bucket
        self._prefix = prefix
        self._suffixes = suffixes
        self._workflow = workflow
        self._after = after
        self._running: dict[str, frozenset[str]] = {}

    def under(self, prefix: str) -> S3Intake:
        """Return the intake of another prefix of the bucket."""
        return S3Intake(self._bucket, prefix, self._suffixes, self._workflow)

    def uploads(self) -> Iterator[Upload]:
        """See :meth:`core.ports.Intake.uploads`."""
        with translated(f"bucket {self._bucket}"):
            pages = client("s3").get_paginator("list_objects_v2")
            after = {"StartAfter": self._after} if self._after else {}
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix, **after):
                for each in page.get("Contents", ()):
                    if each["Key"].lower().endswith(self._suffixes):
                        source = Source(self._bucket, each["Key"], each["ETag"].strip('"'), each["Size"])
                        yield Upload(source, f"{each['LastModified']:{EVENT_TIME}}")

    def deliver(self, upload: Upload) -> None:
        """Start an execution for the upload, as the EventBridge rule does."""
        told = json.dumps(event(upload))
        with translated(f"workflow {self._workflow}"):
            if FUNCTION in self._workflow:
                client("lambda").invoke(FunctionName=self._workflow, InvocationType="Event", Payload=told)
            else:
                client("stepfunctions").start_execution(stateMachineArn=self._workflow, input=told)

    def running(self, execution: str) -> bool:
        """Return whether an execution still runs; express ones cannot be listed.

        Those of a durable function that the stack has no more ended with it. Each machine's executions are
        listed once: one that starts later is too young to be asked about.
        """
        if DURABLE in execution:
            return execution.startswith(self._workflow.rpartition(":")[0] + ":") and _durable_runs(execution)
        machine = execution.rpartition(":")[0].replace(":execution:", ":stateMachine:")
        if ":stateMachine:" not in machine:
            return False
        if machine not in self._running:
            self._running[machine] = frozenset(_running_on(machine))
        return execution in self._running[machine]


class IntakeInTime:
    """An intake whose list of uploads ends when the time is over.

    ``stopped_at`` is then the key after which to continue, and nothing if the list was complete.
    """

    def __init__(self, intake: S3Intake, over: Callable[[], bool]) -> None:
        self._intake = intake
        self._over = over
        self.stopped_at = ""
        self.deliver = intake.deliver
        self.running = intake.running

    def uploads(self) -> Iterator[Upload]:
        """See :meth:`core.ports.Intake.uploads`."""
        for upload in self._intake.uploads():
            yield upload
            if self._over():
                self.stopped_at = upload.source.key
                return


def _running_on(machine: str) -> Iterator[str]:
    service = client("stepfunctions")
    with translated(f"state machine {machine}"):
        pages = service.get_paginator("list_executions")
        try:
            for page in pages.paginate(stateMachineArn=machine, statusFilter="RUNNING"):
                yield from (each["executionArn"] for each in page["executions"])
        except service.exceptions.StateMachineDoesNotExist:
            return


def _durable_runs(execution: str) -> bool:
    service = client("lambda")
    with translated(f"execution {execution}"):
        try:
            found = service.get_durable_execution(DurableExecutionArn=execution)
        except service.exceptions.ResourceNotFoundException:
            return False
    return bool(found["Status"] == "RUNNING")


def event(upload: Upload) -> dict[str, Any]:
    """Return the part of EventBridge's "Object Created" event that the state machine reads."""
    return {"detail-type": "Object Created", "source": "aws.s3", **bare_event(upload)}


def start_batch(state_machine: str, upload: Upload, recipe: str, batch: Batch) -> None:
    """Start the machine of batches for a list of items."""
    told = {**bare_event(upload), "recipe": recipe, "batch": asdict(batch)}
    with translated(f"state machine {state_machine}"):
        client("stepfunctions").start_execution(stateMachineArn=state_machine, input=json.dumps(told))


def upload_in(message: str) -> Upload | None:
    """Return the upload of an EventBridge event, or ``None`` if the message is not such an event."""
    try:
        told = json.loads(message)
        bucket, found = told["detail"]["bucket"], told["detail"]["object"]
        source = Source(str(bucket["name"]), found["key"], found["etag"].strip('"'), int(found["size"]))
        return Upload(source, str(told["time"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
