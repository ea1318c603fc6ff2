"""Events that AWS could not deliver: messages in an SQS queue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from core.ports import HELD_SECONDS, SHOWN, DeadLetter
from handlers.aws.clients import client
from handlers.aws.errors import translated
from handlers.aws.intake import upload_in


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


def _letter(message: dict[str, Any]) -> DeadLetter:
    upload = upload_in(message["Body"])
    sent = datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)
    return DeadLetter(
        uploads=(upload,) if upload else (),
        since=sent.isoformat(timespec="seconds"),
        text=message["Body"][:SHOWN],
        handle=message["ReceiptHandle"],
    )
