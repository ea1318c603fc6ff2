"""Connections to a deployed stack, one for each cloud, behind one protocol."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from core.deployment.limits import SUFFIXES
from core.deployment.names import DECISIONS, POISON_SUFFIX
from core.errors import SetupError
from core.job import Batch
from core.ledger import Ledger, LedgerRow
from core.ports import DeadLetters, Intake, Notifier, ObjectStore, Upload


class Connection(Protocol):
    """A connection to one stack's cloud."""

    @property
    def ledger(self) -> Ledger:
        """Return the stack's ledger."""

    @property
    def intake(self) -> Intake:
        """Return the intake, which lists uploads and starts workflows for them."""

    @property
    def notifier(self) -> Notifier:
        """Return the notifier that reports how jobs ended."""

    @property
    def dead_letters(self) -> Sequence[DeadLetters]:
        """Return the queues and containers of events that could not be delivered or handled."""

    @property
    def outputs(self) -> ObjectStore:
        """Return the container of finished outputs."""

    def photos_under(self, prefix: str) -> Iterator[Upload]:
        """Yield the photos under any prefix of the input container, in no particular order."""

    def start_batch(self, upload: Upload, recipe: str, batch: Batch) -> None:
        """Start the workflow of a batch, of which ``upload`` is the list of items."""

    def wake(self, row: LedgerRow) -> None:
        """Tell the row's execution, which waits for it, that there is a decision."""

    def upload(self, key: str, data: bytes) -> str:
        """Write an object to the input container and return its etag without quotes."""


class AwsConnection:
    """S3 and DynamoDB, with the credentials and endpoints that boto3 finds."""

    def __init__(self, outputs: Mapping[str, Any]) -> None:
        from handlers.aws.dead_letters import SqsDeadLetters
        from handlers.aws.intake import S3Intake
        from handlers.aws.ledger import DynamoLedger
        from handlers.aws.notifications import SnsNotifier
        from handlers.aws.stores import S3Store

        # The stack's region, regardless of this machine's default.
        os.environ["AWS_DEFAULT_REGION"] = outputs["region"]
        self.ledger = DynamoLedger(outputs["ledger"])
        self.outputs = S3Store(outputs["outputContainer"])
        self.intake = S3Intake(
            outputs["inputContainer"], outputs["inputPrefix"], SUFFIXES, outputs["workflow"]
        )
        self.notifier = SnsNotifier({"success": outputs["successTopic"], "error": outputs["errorTopic"]})
        self.dead_letters: Sequence[DeadLetters] = [
            SqsDeadLetters(url) for url in (outputs["deadLetters"], *outputs.get("setAside", ()))
        ]
        self._bucket = outputs["inputContainer"]
        self._batch = outputs.get("batch", "")

    def photos_under(self, prefix: str) -> Iterator[Upload]:
        """See :meth:`Connection.photos_under`."""
        return self.intake.under(prefix).uploads()

    def start_batch(self, upload: Upload, recipe: str, batch: Batch) -> None:
        """See :meth:`Connection.start_batch`."""
        from handlers.aws.intake import start_batch

        start_batch(self._batch, upload, recipe, batch)

    def wake(self, row: LedgerRow) -> None:
        """See :meth:`Connection.wake`."""
        from handlers.aws.review import wake

        wake(row)

    def upload(self, key: str, data: bytes) -> str:
        """See :meth:`Connection.upload`."""
        from handlers.aws.clients import client
        from handlers.aws.errors import translated

        with translated(key):
            answer = client("s3").put_object(
                Bucket=self._bucket, Key=key, Body=data, ContentType=_content_type(key)
            )
        return str(answer["ETag"]).strip('"')


class AzureConnection:
    """Blob and Table storage, with the account's key or the caller's credentials."""

    def __init__(self, outputs: Mapping[str, Any]) -> None:
        from handlers.azure import clients
        from handlers.azure.dead_letters import PoisonQueue, UndeliveredEvents
        from handlers.azure.intake import BlobIntake
        from handlers.azure.ledger import TableLedger
        from handlers.azure.notifications import QueueNotifier
        from handlers.azure.stores import BlobStore

        self._blobs = clients.blobs(outputs["storeEndpoint"])
        self._container = outputs["inputContainer"]
        self.ledger = TableLedger(
            clients.tables(outputs["ledgerEndpoint"]).get_table_client(outputs["ledger"])
        )
        self.outputs = BlobStore(self._blobs, outputs["outputContainer"])
        queues = clients.queues(outputs["queueEndpoint"])
        uploads = queues.get_queue_client(outputs["deadLetters"].removesuffix(POISON_SUFFIX))
        container = self._blobs.get_container_client(self._container)
        self.intake = BlobIntake(container, outputs["inputPrefix"], SUFFIXES, uploads)
        self.notifier = QueueNotifier(
            queues, {"success": outputs["successTopic"], "error": outputs["errorTopic"]}
        )
        self._uploads = uploads
        self._decisions = queues.get_queue_client(outputs.get("decisionsQueue") or DECISIONS)
        endpoint, _, undelivered = outputs["undelivered"].rpartition("/")
        self.dead_letters: Sequence[DeadLetters] = [
            PoisonQueue(queues.get_queue_client(outputs["deadLetters"])),
            UndeliveredEvents(clients.blobs(endpoint).get_container_client(undelivered)),
        ]

    def photos_under(self, prefix: str) -> Iterator[Upload]:
        """See :meth:`Connection.photos_under`."""
        return self.intake.under(prefix).uploads()

    def start_batch(self, upload: Upload, recipe: str, batch: Batch) -> None:
        """See :meth:`Connection.start_batch`."""
        from handlers.azure.intake import start_batch

        start_batch(self._uploads, upload, recipe, batch)

    def wake(self, row: LedgerRow) -> None:
        """See :meth:`Connection.wake`."""
        from handlers.azure.review import wake

        wake(row, self._decisions)

    def upload(self, key: str, data: bytes) -> str:
        """See :meth:`Connection.upload`."""
        from azure.storage.blob import ContentSettings

        from handlers.azure.errors import translated

        with translated(key):
            answer = self._blobs.get_blob_client(self._container, key).upload_blob(
                data, overwrite=True, content_settings=ContentSettings(content_type=_content_type(key))
            )
        return str(answer["etag"]).strip('"')


CONNECTIONS: dict[str, Callable[[Mapping[str, Any]], Connection]] = {
    "aws": AwsConnection,
    "azure": AzureConnection,
}


def connect(outputs: Mapping[str, Any]) -> Connection:
    """Connect to the cloud that the stack outputs name; its SDK is imported only here, since that takes time.

    Raises:
        SetupError: The cloud is unknown, or an output is missing.
    """
    try:
        connected = CONNECTIONS.get(outputs["cloud"])
        if connected is None:
            raise SetupError(
                f"The stack runs on {outputs['cloud']!r}; Twinlens supports {', '.join(CONNECTIONS)}."
            )
        return connected(outputs)
    except KeyError as missing:
        raise SetupError(
            f"The stack has no output {missing}: `pulumi up` updates it to this version of Twinlens."
        ) from None


def _content_type(key: str) -> str:
    return mimetypes.guess_type(key)[0] or "application/octet-stream"
