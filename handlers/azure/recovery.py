"""The way back into the workflow on Azure: Blob storage, the uploads queue and two places of dead letters."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from core.job import Source
from core.ports import DeadLetter, Upload
from handlers.azure.errors import translated
from handlers.azure.events import BLOB_CREATED, job_from

if TYPE_CHECKING:  # slow to load: only the timers need them
    from azure.storage.blob import ContainerClient
    from azure.storage.queue import QueueClient, QueueMessage

HELD_SECONDS = 60
PAGE = 32  # the most messages that Queue storage hands out at once
SHOWN = 80  # characters of a message that can't be understood


class BlobIntake:
    """One container and the queue behind it; see :class:`core.ports.Intake`."""

    def __init__(
        self, container: ContainerClient, prefix: str, suffixes: tuple[str, ...], queue: QueueClient
    ) -> None:
        self._container = container
        self._prefix = prefix
        self._suffixes = suffixes
        self._queue = queue

    def uploads(self) -> Iterator[Upload]:
        """See :meth:`core.ports.Intake.uploads`."""
        name = self._container.container_name
        with translated(f"container {name}"):
            for blob in self._container.list_blobs(name_starts_with=self._prefix):
                if blob.name.lower().endswith(self._suffixes):
                    source = Source(name, blob.name, blob.etag.strip('"'), blob.size)
                    yield Upload(source, blob.last_modified.isoformat())

    def deliver(self, upload: Upload) -> None:
        """Put the upload's event on the queue, as Event Grid does it."""
        text = base64.b64encode(json.dumps(event(upload)).encode()).decode()
        with translated(f"queue {self._queue.queue_name}"):
            self._queue.send_message(text)


class PoisonQueue:
    """The queue for messages that the app failed to handle; see :class:`core.ports.DeadLetters`."""

    def __init__(self, queue: QueueClient) -> None:
        self._queue = queue

    def take(self) -> Iterator[DeadLetter]:
        """See :meth:`core.ports.DeadLetters.take`."""
        with translated(f"queue {self._queue.queue_name}"):
            held = list(self._queue.receive_messages(messages_per_page=PAGE, visibility_timeout=HELD_SECONDS))
        yield from map(_letter, held)

    def put_back(self, letter: DeadLetter) -> None:
        """See :meth:`core.ports.DeadLetters.put_back`."""
        with translated(f"queue {self._queue.queue_name}"):
            self._queue.update_message(letter.handle, visibility_timeout=0)

    def remove(self, letter: DeadLetter) -> None:
        """See :meth:`core.ports.DeadLetters.remove`."""
        with translated(f"queue {self._queue.queue_name}"):
            self._queue.delete_message(letter.handle)


class UndeliveredEvents:
    """The container of events that Event Grid could not deliver, a list of them in each blob.

    Events stay where they are until they are removed; taking one keeps nobody else from it.
    """

    def __init__(self, container: ContainerClient) -> None:
        self._container = container

    def take(self) -> Iterator[DeadLetter]:
        """See :meth:`core.ports.DeadLetters.take`."""
        with translated(f"container {self._container.container_name}"):
            for blob in self._container.list_blobs():
                text = self._container.download_blob(blob.name).readall().decode(errors="replace")
                since = blob.last_modified.isoformat(timespec="seconds")
                yield DeadLetter(_uploads_in(text), since, text[:SHOWN], blob.name)

    def put_back(self, letter: DeadLetter) -> None:
        """Leave the letter where it is."""

    def remove(self, letter: DeadLetter) -> None:
        """See :meth:`core.ports.DeadLetters.remove`."""
        with translated(f"container {self._container.container_name}"):
            self._container.delete_blob(letter.handle)


def event(upload: Upload) -> dict[str, Any]:
    """Return the part of Event Grid's event that :mod:`handlers.azure.events` reads."""
    source = upload.source
    return {
        "eventType": BLOB_CREATED,
        "subject": f"/blobServices/default/containers/{source.container}/blobs/{source.key}",
        "eventTime": upload.stored_at,
        "data": {"eTag": source.etag, "contentLength": source.size},
    }


def _uploads_in(text: str) -> tuple[Upload, ...]:
    try:
        events = json.loads(text)
    except ValueError:
        return ()
    found = (_upload_in(json.dumps(each)) for each in events) if isinstance(events, list) else ()
    return tuple(upload for upload in found if upload)


def _upload_in(message: str) -> Upload | None:
    """Return the upload that a storage event tells of, or ``None`` if the message is no such event."""
    try:
        job = job_from(message, recipe="")
    except (ValueError, TypeError, AttributeError):
        return None
    return Upload(job.source, job.uploaded_at) if job else None


def _letter(message: QueueMessage) -> DeadLetter:
    upload = _upload_in(message.content)
    since = message.inserted_on.isoformat(timespec="seconds") if message.inserted_on else ""
    return DeadLetter((upload,) if upload else (), since, message.content[:SHOWN], message)
