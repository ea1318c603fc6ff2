"""The object store port on Blob storage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.breaker import Breaker
from core.errors import TooManyBytes
from core.ports import CACHE_CONTROL, check_size
from handlers.azure.errors import translated

if TYPE_CHECKING:
    from azure.storage.blob import BlobServiceClient

BREAKER = Breaker()  # one for the worker, as all its stores are in one account


class BlobStore:
    """One container; see :class:`core.ports.ObjectStore`."""

    def __init__(self, service: BlobServiceClient, container: str) -> None:
        self._service = service
        self._container = container

    def get(self, key: str, max_bytes: int) -> bytes:
        """Return the blob's bytes; its size is known from the answer's head, before the body is read."""

        def check(response: Any) -> None:
            answer = response.http_response
            size = int(answer.headers.get("Content-Range", "/0").rpartition("/")[2])
            try:
                check_size(size, max_bytes)
            except TooManyBytes:
                answer.internal_response.close()
                raise

        with BREAKER.guarding(f"object {key!r}"), translated(f"object {key!r}"):
            blob = self._service.get_blob_client(self._container, key)
            return blob.download_blob(raw_response_hook=check).readall()

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Write the blob with its type and a one-year cache header."""
        from azure.storage.blob import ContentSettings

        settings = ContentSettings(content_type=content_type, cache_control=CACHE_CONTROL)
        with BREAKER.guarding(f"object {key!r}"), translated(f"object {key!r}"):
            blob = self._service.get_blob_client(self._container, key)
            blob.upload_blob(data, overwrite=True, content_settings=settings)
