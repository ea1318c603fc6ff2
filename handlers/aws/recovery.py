"""The way back into the workflow on AWS: uploads in S3, events to Step Functions, dead letters in SQS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from core.job import Source
from core.ports import DeadLetter, Upload
from handlers.aws.clients import client
from handlers.aws.errors import translated

HELD_SECONDS = 60
SHOWN = 80  # characters of a message that can't be understood


class S3Intake:
    """One bucket and the state machine behind it; see :class:`core.ports.Intake`."""

    def __init__(self, bucket: str, prefix: str, suffixes: tuple[str, ...], state_machine: str) -> None:
        self._bucket = bucket
        self._prefix = prefix
        self._suffixes = suffixes
        self._state_machine = state_machine

    def uploads(self) -> Iterator[Upload]:
        """See :meth:`core.ports.Intake.uploads`."""
        with translated(f"bucket {self._bucket}"):
            pages = client("s3").get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                for each in page.get("Contents", ()):
                    if each["Key"].lower().endswith(self._suffixes):
                        source = Source(self._bucket, each["Key"], each["ETag"].strip('"'), each["Size"])
                        yield Upload(source, each["LastModified"].isoformat())

    def deliver(self, upload: Upload) -> None:
        """Start an execution on the upload, as the EventBridge rule does it."""
        with translated(f"state machine {self._state_machine}"):
            client("stepfunctions").start_execution(
                stateMachineArn=self._state_machine, input=json.dumps(event(upload))
            )


class SqsDeadLetters:
    """The queue for events that EventBridge could not deliver; see :class:`core.ports.DeadLetters`."""

    def __init__(self, url: str) -> None:
        self._url = url

    def take(self) -> Iterator[DeadLetter]:
        """See :meth:`core.ports.DeadLetters.take`."""
        seen: set[str] = set()
        while True:
            with translated(f"queue {self._url}"):
                answer = client("sqs").receive_message(
                    QueueUrl=self._url,
                    MaxNumberOfMessages=10,
                    VisibilityTimeout=HELD_SECONDS,
                    AttributeNames=["SentTimestamp"],
                )
            fresh = [each for each in answer.get("Messages", ()) if each["MessageId"] not in seen]
            if not fresh:
                return
            seen.update(each["MessageId"] for each in fresh)
            yield from map(_letter, fresh)

    def put_back(self, letter: DeadLetter) -> None:
        """See :meth:`core.ports.DeadLetters.put_back`."""
        with translated(f"queue {self._url}"):
            client("sqs").change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=letter.handle, VisibilityTimeout=0
            )

    def remove(self, letter: DeadLetter) -> None:
        """See :meth:`core.ports.DeadLetters.remove`."""
        with translated(f"queue {self._url}"):
            client("sqs").delete_message(QueueUrl=self._url, ReceiptHandle=letter.handle)


def event(upload: Upload) -> dict[str, Any]:
    """Return the part of EventBridge's "Object Created" event that the state machine reads."""
    source = upload.source
    return {
        "detail-type": "Object Created",
        "source": "aws.s3",
        "time": upload.stored_at,
        "detail": {
            "bucket": {"name": source.container},
            "object": {"key": source.key, "etag": source.etag, "size": source.size},
        },
    }


def upload_in(message: str) -> Upload | None:
    """Return the upload that an EventBridge event tells of, or ``None`` if the message is no such event."""
    try:
        told = json.loads(message)
        bucket, found = told["detail"]["bucket"], told["detail"]["object"]
        source = Source(bucket["name"], found["key"], found["etag"].strip('"'), found["size"])
        return Upload(source, told["time"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _letter(message: dict[str, Any]) -> DeadLetter:
    upload = upload_in(message["Body"])
    sent = datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)
    return DeadLetter(
        uploads=(upload,) if upload else (),
        since=sent.isoformat(timespec="seconds"),
        text=message["Body"][:SHOWN],
        handle=message["ReceiptHandle"],
    )
