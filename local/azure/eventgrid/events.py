"""Build events in the Event Grid schema, as Azure does.

https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage
"""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from azure.storage.blob import BlobProperties

from local.azure.eventgrid.access_log import BlobWrite
from local.azure.eventgrid.subscription import BLOB_CREATED

TOPIC = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local"
    "/providers/Microsoft.Storage/storageAccounts/"
)


def subject(write: BlobWrite) -> str:
    """Return the subject of the event for ``write``, which contains the blob's decoded name."""
    return f"/blobServices/default/containers/{write.container}/blobs/{write.key}"


def blob_created(write: BlobWrite, properties: BlobProperties, endpoint: str) -> dict[str, Any]:
    """Return the event for ``write``; ``endpoint`` is the account's blob endpoint.

    Its ``data.url`` contains the blob's percent-encoded name.
    """
    request = uuid.uuid4()
    return {
        "topic": TOPIC + write.account,
        "subject": subject(write),
        "eventType": BLOB_CREATED,
        "id": str(uuid.uuid4()),
        "data": {
            "api": write.api,
            "clientRequestId": str(request),
            "requestId": str(request),
            "eTag": str(properties.etag).strip('"'),
            "contentType": properties.content_settings.content_type,
            "contentLength": properties.size,
            "blobType": str(properties.blob_type),
            "accessTier": "Default",
            "url": f"{endpoint}/{write.container}/{quote(write.key, safe='/')}",
            "sequencer": f"{time.time_ns():032x}",
            "storageDiagnostics": {"batchId": str(uuid.uuid4())},
        },
        "dataVersion": "",
        "metadataVersion": "1",
        "eventTime": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z",
    }
