"""Convert a queue message with a storage event to the job that it starts.

The blob's name is taken from the event's ``subject``, which contains it unencoded:
``/blobServices/default/containers/<container>/blobs/<name>``. ``data.url`` is not suitable: Event Grid
percent-encodes some characters there and not others, such as ``#``
(https://github.com/Azure/azure-sdk-for-net/issues/23634), so that a name that contains ``%20`` or ``#``
cannot be distinguished from an encoded one; and its path differs between the blob and the dfs endpoint.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

from core.job import Batch, Job, Source, job_id

BLOB_CREATED = "Microsoft.Storage.BlobCreated"
SUBJECT = re.compile(r"/blobServices/default/containers/(?P<container>[^/]+)/blobs/(?P<key>.+)", re.DOTALL)


def job_from(message: str, recipe: str) -> Job | None:
    """Return the job that the message starts, or ``None`` if it is not about a new blob.

    The message is one event in the Event Grid schema or as a CloudEvent 1.0, in base64 (what Event Grid
    writes today) or as plain JSON. The message that starts a batch names its recipe and what is in
    :class:`core.job.Batch`, too; no event of a store does. ``execution`` and ``accepted_at`` are left for the
    orchestration to set.

    Raises:
        ValueError: It is not such an event; the host retries the message and then moves it to the poison
            queue.
    """
    event = _decode(message)
    if event.get("eventType", event.get("type")) != BLOB_CREATED:
        return None
    try:
        found = SUBJECT.fullmatch(event["subject"])
        etag = event["data"]["eTag"].strip('"')
        size = event["data"]["contentLength"]
        recipe = event["data"].get("recipe", recipe)
        batch = event["data"].get("batch")
        uploaded_at = event["eventTime"] if "eventTime" in event else event["time"]
    except KeyError as error:
        raise ValueError(f"The storage event lacks {error}.") from None
    if found is None:
        raise ValueError(f"The storage event's subject {event['subject']!r} names no blob.")
    container, key = found["container"], found["key"]
    return Job(
        id=job_id(container, key, etag, recipe),
        recipe=recipe,
        source=Source(container, key, etag, size),
        execution="",
        uploaded_at=uploaded_at,
        accepted_at="",
        batch=Batch(**batch) if batch else None,
    )


def instance_id(job: Job, message_id: str) -> str:
    """Return the id of the orchestration that this delivery of the event starts.

    The same queue message always gets the same id, so that a message that is delivered twice starts one
    orchestration; another delivery of the event is another message, and ends as a duplicate.
    """
    return f"{job.id}-{hashlib.sha256(message_id.encode()).hexdigest()[:8]}"


def _decode(message: str) -> dict[str, Any]:
    text = message if message.lstrip().startswith("{") else base64.b64decode(message, validate=True).decode()
    event: Any = json.loads(text)
    if not isinstance(event, dict):
        raise ValueError("The message is not one storage event.")
    return event
