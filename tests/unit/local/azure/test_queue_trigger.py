"""The queue trigger: done, tried again, set aside."""

import asyncio
import base64
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.storage.queue import QueueMessage

from local.azure.errors import FunctionError
from local.azure.host_json import QueueOptions
from local.azure.process import Value
from local.azure.queue_trigger import QueueTrigger, decode, metadata

LOG = logging.getLogger("test")


class FakeQueue:
    """A storage queue in memory; ``None`` for one that does not exist."""

    def __init__(self, name: str, contents: list[str] | None) -> None:
        self.queue_name = name
        self.messages = None if contents is None else [self._message(each) for each in contents]
        self.sent: list[str] = []
        self.visibility: list[int] = []

    @staticmethod
    def _message(content: str) -> QueueMessage:
        message = QueueMessage(content=content)
        message.id, message.dequeue_count = "id", 0
        return message

    def receive_messages(self, **_: Any) -> list[QueueMessage]:
        if self.messages is None:
            raise ResourceNotFoundError("no such queue")
        taken = [each for each in self.messages if not getattr(each, "hidden", False)]
        for message in taken:
            message.hidden = True
            message.dequeue_count = (message.dequeue_count or 0) + 1
        return taken

    def delete_message(self, message: QueueMessage) -> None:
        assert self.messages is not None
        self.messages.remove(message)

    def update_message(self, message: QueueMessage, visibility_timeout: int) -> None:
        self.visibility.append(visibility_timeout)
        message.hidden = False

    def create_queue(self) -> None:
        self.messages = []

    def send_message(self, content: str) -> None:
        if self.messages is None:
            raise ResourceNotFoundError("no such queue")
        self.sent.append(content)


def played(queue: FakeQueue, poison: FakeQueue, failures: int, **options: Any) -> list[Value]:
    """Run a function that fails so many times until the queue is empty, and return the bodies it got."""
    bodies: list[Value] = []

    async def run(body: Value, _: Mapping[str, Value]) -> None:
        bodies.append(body)
        if len(bodies) <= failures:
            raise FunctionError("no good")

    async def play() -> None:
        clients: Any = (queue, poison)
        trigger = QueueTrigger(*clients, QueueOptions(**options), run, LOG)
        async with asyncio.timeout(30):
            while queue.messages:
                await asyncio.sleep(0.01)
        await trigger.stop()

    asyncio.run(play())
    return bodies


def test_a_message_is_deleted_once_its_function_is_done() -> None:
    queue = FakeQueue("q", ["a", "b"])
    bodies = played(queue, FakeQueue("q-poison", None), 0, message_encoding="none")
    assert bodies == [{"type": "string", "value": "a"}, {"type": "string", "value": "b"}]
    assert queue.messages == []


def test_a_message_comes_back_after_a_failure() -> None:
    queue, poison = FakeQueue("q", ["a"]), FakeQueue("q-poison", [])
    bodies = played(queue, poison, 2, message_encoding="none", max_dequeue_count=3, visibility_timeout=7)
    assert len(bodies) == 3
    assert queue.visibility == [7, 7]
    assert poison.sent == []


@pytest.mark.parametrize("existing", [[], None])
def test_a_message_that_fails_too_often_is_set_aside(existing: list[str] | None) -> None:
    queue, poison = FakeQueue("q", ["a"]), FakeQueue("q-poison", existing)
    assert len(played(queue, poison, 9, message_encoding="none", max_dequeue_count=2)) == 2
    assert poison.sent == ["a"]


def test_what_is_no_base64_is_set_aside_at_once() -> None:
    queue, poison = FakeQueue("q", ["{plain}"]), FakeQueue("q-poison", [])
    assert played(queue, poison, 0) == []
    assert poison.sent == ["{plain}"]


class Unreadable(FakeQueue):
    """A queue that fails a few times before it answers."""

    def __init__(self, name: str, errors: list[Exception]) -> None:
        super().__init__(name, [base64.b64encode(b"late").decode()])
        self.errors = errors

    def receive_messages(self, **_: Any) -> list[QueueMessage]:
        if self.errors:
            raise self.errors.pop(0)
        return super().receive_messages()


@pytest.mark.parametrize(
    ("error", "warned"),
    [
        (ResourceNotFoundError("no such queue"), []),
        (HttpResponseError("busy"), ["The queue q cannot be read: busy"] * 2),
    ],
)
def test_a_queue_that_cannot_be_read_is_asked_again(
    error: Exception, warned: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    queue, bodies = Unreadable("q", [error, error]), []

    async def play() -> None:
        done = asyncio.Event()

        async def run(body: Value, _: Mapping[str, Value]) -> None:
            bodies.append(body)
            done.set()

        clients: Any = (queue, FakeQueue("q-poison", None))
        trigger = QueueTrigger(*clients, QueueOptions(), run, LOG)
        try:
            await asyncio.wait_for(done.wait(), 5)
        finally:
            await trigger.stop()

    asyncio.run(play())
    assert bodies == [{"type": "string", "value": "late"}]
    assert queue.messages == []
    assert [each.getMessage() for each in caplog.records] == warned


class Unsettled(FakeQueue):
    """A queue that fails once when a message is deleted, and shows the message again."""

    failed = False

    def delete_message(self, message: QueueMessage) -> None:
        if self.failed:
            super().delete_message(message)
        else:
            self.failed, message.hidden = True, False
            raise HttpResponseError("busy")


def test_a_message_that_cannot_be_settled_comes_again(caplog: pytest.LogCaptureFixture) -> None:
    queue = Unsettled("q", ["a"])
    assert len(played(queue, FakeQueue("q-poison", None), 0, message_encoding="none")) == 2
    assert [each.getMessage() for each in caplog.records] == ["A message of q cannot be settled: busy"]


def test_base64_is_taken_off() -> None:
    assert decode(base64.b64encode("ü".encode()).decode(), "base64") == {"type": "string", "value": "ü"}
    binary = base64.b64encode(b"\xff").decode()
    assert decode(binary, "base64") == {"type": "bytes", "value": binary}


def test_plain_text_stays_as_it_is() -> None:
    assert decode("YWJj", "none") == {"type": "string", "value": "YWJj"}


def test_metadata_tells_of_the_message() -> None:
    message = QueueMessage(content="text")
    message.id, message.dequeue_count = "id", 2
    message.inserted_on = datetime(2026, 1, 2, tzinfo=UTC)
    told = metadata(message)
    assert told["Id"] == {"type": "string", "value": "id"}
    assert told["DequeueCount"] == {"type": "json", "value": "2"}
    assert told["InsertionTime"]["value"] == "2026-01-02T00:00:00+00:00"
