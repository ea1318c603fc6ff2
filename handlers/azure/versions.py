"""Tell an overwritten blob from one whose metadata or properties were set after its upload.

Both get a new etag, but only the former is announced by an event. The event contains no other mark of the
content than its size: no ``Content-MD5``. Setting metadata leaves the creation time alone, whereas Put Blob
renews it. A blob's times have a resolution of one second
(learn.microsoft.com/rest/api/storageservices/get-blob-properties).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from core.ports import Upload

if TYPE_CHECKING:
    from azure.storage.blob import BlobProperties


def same_content(found: BlobProperties, upload: Upload) -> bool:
    """Return whether the blob, which has another etag than ``upload``, still has its content.

    That is so if the size is the same, it was created no later, and it was changed since. Two changes within
    one second of the upload can't be ordered: there, only metadata show that it was not overwritten.
    """
    told = datetime.fromisoformat(upload.stored_at).replace(microsecond=0)
    created, changed = found.creation_time, found.last_modified
    return (
        found.size == upload.source.size and created <= told and (changed > created or bool(found.metadata))
    )
