"""The object store port on Blob storage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError

from core.errors import PhotoError, StoreUnavailable
from core.ports import CACHE_CONTROL, Upload, check_size, superseded
from core.store import declared
from core.store.breaker import Breaker
from handlers.azure.errors import translated
from handlers.azure.versions import same_content

if TYPE_CHECKING:
    from azure.storage.blob import BlobClient, BlobServiceClient

VERSIONS = 5  # how often a blob's properties may change while it is read
BREAKER = Breaker()  # one for the worker, as all its stores are in one account


class BlobStore:
    """One container; see :class:`core.ports.ObjectStore`."""

    def __init__(self, service: BlobServiceClient, container: str) -> None:
        self._service = service
        self._container = container

    def get(self, key: str, max_bytes: int, upload: Upload | None = None) -> bytes:
        """Return the blob's bytes; its size is known from the answer's head, before the body is read."""
        with BREAKER.guarding(f"object {key!r}"), translated(f"object {key!r}"):
            blob = self._service.get_blob_client(self._container, key)
            if upload is None:
                return _download(blob, max_bytes)
            etag = upload.source.etag
            for _ in range(VERSIONS):
                try:
                    return _download(blob, max_bytes, etag)
                except ResourceModifiedError:
                    etag = _renamed(blob, upload)
            raise StoreUnavailable(f"The properties of {key!r} change too fast for it to be read.")

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Write the blob with its type and a one-year cache header."""
        from azure.storage.blob import ContentSettings

        settings = ContentSettings(content_type=content_type, cache_control=CACHE_CONTROL)
        with BREAKER.guarding(f"object {key!r}"), translated(f"object {key!r}"):
            blob = self._service.get_blob_client(self._container, key)
            blob.upload_blob(data, overwrite=True, content_settings=settings)


def _download(blob: BlobClient, max_bytes: int, etag: str = "") -> bytes:
    def check(response: Any) -> None:
        answer = response.http_response
        size = int(answer.headers.get("Content-Range", "/0").rpartition("/")[2])
        try:
            check_size(size, max_bytes)
            if etag:
                declared.check(blob.blob_name, size, answer.headers.get("Content-Type", ""))
        except PhotoError:
            answer.internal_response.close()
            raise

    version: dict[str, Any] = (
        {"etag": f'"{etag}"', "match_condition": MatchConditions.IfNotModified} if etag else {}
    )
    # Decoding would let a small blob exceed max_bytes, and give other bytes than S3 does.
    data: bytes = blob.download_blob(raw_response_hook=check, decompress=False, **version).readall()
    return data


def _renamed(blob: BlobClient, upload: Upload) -> str:
    """Return the etag by which the store knows the upload now; raise Superseded if it was overwritten."""
    found = blob.get_blob_properties()
    if not same_content(found, upload):
        raise superseded(upload.source.key)
    return str(found.etag).strip('"')
