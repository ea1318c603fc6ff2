"""The two clouds behind one face: what the command line does to a deployed stack."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from core.ports import LedgerRow, ObjectStore


class LedgerReader(Protocol):
    """The reading half of :class:`core.ports.Ledger`."""

    def get(self, job_id: str) -> LedgerRow | None:
        """Return the row, or ``None`` if there is none."""

    def list(self) -> Iterator[LedgerRow]:
        """Yield all rows, in no particular order."""


class Cloud(Protocol):
    """A connection to one stack's cloud."""

    @property
    def ledger(self) -> LedgerReader:
        """Return the stack's ledger."""

    @property
    def outputs(self) -> ObjectStore:
        """Return the container of finished outputs."""

    def upload(self, key: str, data: bytes) -> str:
        """Write an object into the input container and return its etag, quotes stripped."""


class AwsCloud:
    """S3 and DynamoDB, with the credentials and endpoints that boto3 finds."""

    def __init__(self, outputs: Mapping[str, Any]) -> None:
        from handlers.aws.ledger import DynamoLedger
        from handlers.aws.stores import S3Store

        self.ledger = DynamoLedger(outputs["ledger"])
        self.outputs = S3Store(outputs["outputContainer"])
        self._bucket = outputs["inputContainer"]

    def upload(self, key: str, data: bytes) -> str:
        """See :meth:`Cloud.upload`."""
        from handlers.aws.clients import client
        from handlers.aws.errors import translated

        with translated(key):
            answer = client("s3").put_object(
                Bucket=self._bucket, Key=key, Body=data, ContentType=_content_type(key)
            )
        return str(answer["ETag"]).strip('"')


class AzureCloud:
    """Blob and Table storage, with the account's key or as the person signed in."""

    def __init__(self, outputs: Mapping[str, Any]) -> None:
        from handlers.azure import clients
        from handlers.azure.ledger import TableLedger
        from handlers.azure.stores import BlobStore

        self._blobs = clients.blobs(outputs["storeEndpoint"])
        self._container = outputs["inputContainer"]
        self.ledger = TableLedger(
            clients.tables(outputs["ledgerEndpoint"]).get_table_client(outputs["ledger"])
        )
        self.outputs = BlobStore(self._blobs, outputs["outputContainer"])

    def upload(self, key: str, data: bytes) -> str:
        """See :meth:`Cloud.upload`."""
        from azure.storage.blob import ContentSettings

        from handlers.azure.errors import translated

        with translated(key):
            answer = self._blobs.get_blob_client(self._container, key).upload_blob(
                data, overwrite=True, content_settings=ContentSettings(content_type=_content_type(key))
            )
        return str(answer["etag"]).strip('"')


CLOUDS: dict[str, Callable[[Mapping[str, Any]], Cloud]] = {"aws": AwsCloud, "azure": AzureCloud}


def connect(outputs: Mapping[str, Any]) -> Cloud:
    """Connect to the cloud that the stack outputs name; importing its SDK only now keeps the others quick."""
    return CLOUDS[outputs["cloud"]](outputs)


def _content_type(key: str) -> str:
    return mimetypes.guess_type(key)[0] or "application/octet-stream"
