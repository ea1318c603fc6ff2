"""Events that Azure could not deliver or handle: blobs in a container, messages in a poison queue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.ports import HELD_SECONDS, SHOWN, DeadLetter, Upload
from handlers.azure.errors import translated
from handlers.azure.intake import upload_in

if TYPE_CHECKING:  # slow to load
    from azure.storage.blob import ContainerClient
    from azure.storage.queue import QueueClient, QueueMessage

PAGE = 32  # the maximum number of messages that Queue storage returns at once


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

    Events stay in the container until they are removed; taking one does not lock it.
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


def _uploads_in(text: str) -> tuple[Upload, ...]:
    try:
        events = json.loads(text)
    except ValueError:
        return ()
    found = (upload_in(json.dumps(each)) for each in events) if isinstance(events, list) else ()
    return tuple(upload for upload in found if upload)


def _letter(message: QueueMessage) -> DeadLetter:
    upload = upload_in(message.content)
    since = message.inserted_on.isoformat(timespec="seconds") if message.inserted_on else ""
    return DeadLetter((upload,) if upload else (), since, message.content[:SHOWN], message)
