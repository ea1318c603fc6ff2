"""Azure storage clients and their credentials: created once, with a single quick retry."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from azure.core.credentials import AzureNamedKeyCredential, TokenCredential

from core.deployment import variables
from core.deployment.variables import CHAOS, CONNECTION, MANAGED_IDENTITY

if TYPE_CHECKING:  # slow to load: each SDK is imported by the first client that needs it
    from azure.data.tables import TableServiceClient
    from azure.storage.blob import BlobServiceClient
    from azure.storage.queue import QueueServiceClient

CREDENTIAL = variables.credential(CONNECTION)
CLIENT_ID = variables.client_id(CONNECTION)
KEY = "AZURE_STORAGE_KEY"  # set only for an emulator, which does not support identities

# The workflow retries a step after 3 s or more, so the SDK retries only once:
# three attempts of a step are at most six requests.
RETRIES: dict[str, Any] = {"retry_total": 1, "connection_timeout": 3, "read_timeout": 10}
# The second request follows within half a second: a function is paid for while it waits.
STORAGE_RETRIES: dict[str, Any] = {
    **RETRIES,
    "initial_backoff": 0.25,
    "increment_base": 0,
    "random_jitter_range": 0.25,
}


@cache
def blobs(url: str) -> BlobServiceClient:
    """Return the client of the account's blob endpoint."""
    from azure.storage.blob import BlobServiceClient

    return BlobServiceClient(url, credential=credential(url), **STORAGE_RETRIES, **_transport())


@cache
def queues(url: str) -> QueueServiceClient:
    """Return the client of the account's queue endpoint."""
    from azure.storage.queue import QueueServiceClient

    return QueueServiceClient(url, credential=credential(url), **STORAGE_RETRIES, **_transport())


@cache
def tables(url: str) -> TableServiceClient:
    """Return the client of the account's table endpoint."""
    from azure.data.tables import TableServiceClient

    return TableServiceClient(
        url, credential=credential(url), retry_backoff_factor=1, **RETRIES, **_transport()
    )


def credential(url: str) -> AzureNamedKeyCredential | TokenCredential:
    """Return the account's key if it is set, else the app's managed identity, else the user's login."""
    if key := os.environ.get(KEY):
        return AzureNamedKeyCredential(account(url), key)
    return _identity()


def account(url: str) -> str:
    """Return the account's name from its endpoint: the host's first label, or an emulator's path."""
    parts = urlsplit(url)
    return parts.path.strip("/") or parts.netloc.split(".")[0]


@cache
def _identity() -> TokenCredential:
    # Imported here: slow to load, and the deployed archive contains only the first.
    if os.environ.get(CREDENTIAL) == MANAGED_IDENTITY:
        from azure.identity import ManagedIdentityCredential

        return ManagedIdentityCredential(client_id=os.environ.get(CLIENT_ID))
    from azure.identity import DefaultAzureCredential

    return DefaultAzureCredential()


def _transport() -> dict[str, Any]:
    # Imported here: only a deployment under test has it.
    if not os.environ.get(CHAOS):
        return {}
    from handlers.azure.chaos import transport

    return {"transport": transport()}
