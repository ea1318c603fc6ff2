"""The storage emulator's endpoints: several accounts, addressed by path, that share one key."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from azure.core.credentials import AzureNamedKeyCredential
from azure.storage.blob import BlobClient
from azure.storage.queue import QueueClient

# Passed to every client: the SDK's retries sleep for 15 s in threads that cannot be woken when the host ends.
# The users of a client retry themselves.
RETRY_TOTAL = 0


def account_of(endpoint: str) -> str:
    """Return the account in a path-style endpoint, ``<base>/<account>/``; empty if it names none."""
    return urlsplit(endpoint).path.strip("/")


@dataclass(frozen=True)
class Storage:
    """Where Azurite listens. ``blob``, ``queue`` and ``table`` are base URLs without an account."""

    blob: str
    queue: str
    table: str
    key: str
    accounts: tuple[str, ...]

    def credential(self, account: str) -> AzureNamedKeyCredential:
        """Return the shared key of ``account``."""
        return AzureNamedKeyCredential(account, self.key)

    def connection_string(self, account: str) -> str:
        """Return the connection string that names all three services of ``account``."""
        return (
            f"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={self.key};"
            f"BlobEndpoint={self.blob}/{account};"
            f"QueueEndpoint={self.queue}/{account};"
            f"TableEndpoint={self.table}/{account};"
        )

    def blob_client(self, account: str, container: str, key: str) -> BlobClient:
        """Return a client of one blob; ``key`` is its decoded name."""
        return BlobClient(
            f"{self.blob}/{account}",
            container,
            key,
            credential=self.credential(account),
            retry_total=RETRY_TOTAL,
        )

    def queue_client(self, account: str, queue: str) -> QueueClient:
        """Return a client of one queue that does not encode or decode message texts."""
        return QueueClient(
            f"{self.queue}/{account}", queue, credential=self.credential(account), retry_total=RETRY_TOTAL
        )
