"""Events that AWS could not deliver: messages in an SQS queue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from core.deployment.names import STUCK, UNCLAIMED
from core.ports import HELD_SECONDS, SHOWN, DeadLetter
from handlers.aws.clients import client
from handlers.aws.errors import translated
from handlers.aws.intake import upload_in


class SqsDeadLetters:
    """A queue for what could not be delivered or run; see :class:`core.ports.DeadLetters`."""

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
                    MessageSystemAttributeNames=["SentTimestamp"],
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


def _told(body: str) -> str:
    """Say what a message is that is not an upload's event, or nothing of an unknown one.

    The queues hold what EventBridge, the scheduler and Lambda were to deliver: a notice of a lost execution
    (its event, or the message made of it) or the reconciler's input.
    """
    try:
        content = json.loads(body)
        if content.get("find") in (STUCK, UNCLAIMED):
            return f"a run of the reconciler for {content['find']} jobs failed; the next one does its work"
        event = content.get("detail", content)
        if content.get("state") == "lost" or content.get("source") == "aws.states":
            execution = event.get("executionArn") or event.get("execution")
            return f"the notice that the execution {execution} was lost; the reconciler restarts its job"
    except (ValueError, AttributeError):
        pass
    return ""


def _letter(message: dict[str, Any]) -> DeadLetter:
    upload = upload_in(message["Body"])
    sent = datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)
    return DeadLetter(
        uploads=(upload,) if upload else (),
        since=sent.isoformat(timespec="seconds"),
        text=message["Body"][:SHOWN],
        handle=message["ReceiptHandle"],
        told=_told(message["Body"]),
    )
