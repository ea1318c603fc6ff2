"""The bridge: from a line of the log to an event on the queue."""

import asyncio
import base64
import json
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from azure.core.exceptions import ResourceNotFoundError

from local.azure.eventgrid import bridge
from local.azure.eventgrid.bridge import Bridge
from local.azure.eventgrid.subscription import Subscription

PATIENCE = 30  # seconds, for what happens at once unless the code is wrong
KEY = "incoming/50% a+b ü#1.jpg"
TARGET = "/acc/in/incoming/50%25%20a%2Bb%20%C3%BC%231.jpg"


class FakeStorage:
    """Blobs that all look alike, and one queue that may fail first."""

    blob = "http://127.0.0.1:1"

    def __init__(self, failures: int = 0, blob_exists: bool = True) -> None:
        self.sent: list[str] = []
        self.asked: list[str] = []
        self._failures = failures
        self._blob_exists = blob_exists

    def blob_client(self, account: str, container: str, key: str) -> Any:
        def properties() -> Any:
            if not self._blob_exists:
                raise ResourceNotFoundError("gone")
            settings = SimpleNamespace(content_type="image/jpeg")
            return SimpleNamespace(etag='"0x1"', size=7, blob_type="BlockBlob", content_settings=settings)

        self.asked.append(key)
        assert (account, container, key) == ("acc", "in", KEY)
        return SimpleNamespace(get_blob_properties=properties)

    def queue_client(self, account: str, queue: str) -> Any:
        def send(text: str) -> None:
            if self._failures:
                self._failures -= 1
                raise ResourceNotFoundError("no such queue")
            self.sent.append(text)

        assert (account, queue) == ("acc", "uploads")
        return SimpleNamespace(send_message=send)


def played(storage: FakeStorage, log: Path, lines: int, expected: int) -> list[str]:
    async def play() -> None:
        log.touch()
        subject: Any = storage
        running = Bridge(subject, log)
        running.subscriptions["uploads"] = Subscription("acc", "acc", "uploads", subject_ends_with=(".jpg",))
        await asyncio.sleep(0.1)
        with log.open("a") as file:
            file.write('127.0.0.1 - - [x] "PUT /acc/out/jobs/1/display.webp HTTP/1.1" 201 -\n')
            file.write(f'127.0.0.1 - - [x] "PUT {TARGET} HTTP/1.1" 201 -\n' * lines)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE if expected else 1):
                while not expected or len(storage.sent) < expected:
                    await asyncio.sleep(0.01)
        await running.stop()

    asyncio.run(play())
    return storage.sent


def test_an_event_is_as_azure_makes_it(tmp_path: Path) -> None:
    [text] = played(FakeStorage(), tmp_path / "log", 1, 1)
    event = json.loads(base64.b64decode(text))
    assert event["topic"].endswith("/providers/Microsoft.Storage/storageAccounts/acc")
    assert event["subject"] == f"/blobServices/default/containers/in/blobs/{KEY}"
    assert event["eventType"] == "Microsoft.Storage.BlobCreated"
    assert event["eventTime"].endswith("Z")
    data = event["data"]
    assert data["url"] == "http://127.0.0.1:1/acc/in/incoming/50%25%20a%2Bb%20%C3%BC%231.jpg"
    assert (data["api"], data["eTag"], data["contentLength"]) == ("PutBlob", "0x1", 7)
    assert (data["contentType"], data["blobType"]) == ("image/jpeg", "BlockBlob")
    assert len(data["sequencer"]) == 32


def test_each_write_is_an_event_of_its_own(tmp_path: Path) -> None:
    sent = played(FakeStorage(), tmp_path / "log", 3, 3)
    assert len({json.loads(base64.b64decode(text))["id"] for text in sent}) == 3


def test_delivery_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "RETRY_SECONDS", (0, 0))
    assert len(played(FakeStorage(failures=2), tmp_path / "log", 1, 1)) == 1


def test_delivery_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "RETRY_SECONDS", (0, 0))
    assert played(FakeStorage(failures=3), tmp_path / "log", 1, 0) == []


def test_a_blob_that_is_gone_makes_no_event(tmp_path: Path) -> None:
    assert played(FakeStorage(blob_exists=False), tmp_path / "log", 1, 0) == []


def test_a_blob_that_nobody_waits_for_is_not_looked_at(tmp_path: Path) -> None:
    storage = FakeStorage()
    played(storage, tmp_path / "log", 1, 1)
    assert storage.asked == [KEY]
