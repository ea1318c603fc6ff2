"""The intake port on Azure: uploads in Blob storage, and events on a queue."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from core.job import Batch, Source
from core.ports import Upload
from handlers.azure.errors import translated
from handlers.azure.events import BLOB_CREATED, job_from

if TYPE_CHECKING:  # slow to load: only the timers need them
    from azure.core.paging import PageIterator
    from azure.storage.blob import BlobProperties, ContainerClient
    from azure.storage.queue import QueueClient


class BlobIntake:
    """One container and the queue behind it; see :class:`core.ports.Intake`."""

    def __init__(
        self, container: ContainerClient, prefix: str, suffixes: tuple[str, ...], queue: QueueClient
    ) -> None:
        self._container = container
        self._prefix = prefix
        self._suffixes = suffixes
        self._queue = queue

    def under(self, prefix: str) -> BlobIntake:
        """Return the intake of another prefix of the container."""
        return BlobIntake(self._container, prefix, self._suffixes, self._queue)

    def uploads(self) -> Iterator[Upload]:
        """See :meth:`core.ports.Intake.uploads`."""
        for page, _ in self.pages():
            yield from page

    def pages(self, after: str = "") -> Iterator[tuple[list[Upload], str]]:
        """Yield the uploads in pages, and the next one's marker: see :data:`core.recovery.look.Read`."""
        name = self._container.container_name
        with translated(f"container {name}"):
            listed = self._container.list_blobs(name_starts_with=self._prefix)
            pages = cast("PageIterator[BlobProperties]", listed.by_page(after or None))
            for page in pages:
                uploads = [self._upload(blob) for blob in page if self._starts_job(blob)]
                yield uploads, pages.continuation_token or ""

    def _starts_job(self, blob: BlobProperties) -> bool:
        return bool(blob.name.lower().endswith(self._suffixes))

    def _upload(self, blob: BlobProperties) -> Upload:
        source = Source(self._container.container_name, blob.name, blob.etag.strip('"'), blob.size)
        return Upload(source, blob.last_modified.isoformat(), blob.creation_time.isoformat())

    def deliver(self, upload: Upload) -> None:
        """Put the upload's event on the queue, as Event Grid does."""
        _send(self._queue, event(upload))

    def running(self, execution: str) -> bool:
        """Return ``False``: no orchestration takes longer than its workflow may, plus the patience."""
        return False


def event(upload: Upload) -> dict[str, Any]:
    """Return the part of Event Grid's event that :mod:`handlers.azure.events` reads."""
    source = upload.source
    return {
        "eventType": BLOB_CREATED,
        "subject": f"/blobServices/default/containers/{source.container}/blobs/{source.key}",
        "eventTime": upload.stored_at,
        "data": {"eTag": source.etag, "contentLength": source.size},
    }


def start_batch(queue: QueueClient, upload: Upload, recipe: str, batch: Batch) -> None:
    """Put the message on the queue that starts the orchestration of a list of items."""
    told = event(upload)
    _send(queue, {**told, "data": {**told["data"], "recipe": recipe, "batch": asdict(batch)}})


def _send(queue: QueueClient, told: dict[str, Any]) -> None:
    with translated(f"queue {queue.queue_name}"):
        queue.send_message(base64.b64encode(json.dumps(told).encode()).decode())


def upload_in(message: str) -> Upload | None:
    """Return the upload of a storage event, or ``None`` if the message is not such an event."""
    try:
        job = job_from(message, recipe="")
    except (ValueError, TypeError, AttributeError):
        return None
    return Upload(job.source, job.uploaded_at) if job else None
