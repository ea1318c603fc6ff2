"""Access to Azurite and the local host for the Azure stand-in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from local import state
from local.providers.azure_native import arm, inventory
from local.providers.resource import ProviderError

if TYPE_CHECKING:
    from azure.data.tables import TableServiceClient
    from azure.storage.blob import BlobServiceClient
    from azure.storage.queue import QueueServiceClient

TIMEOUT_SECONDS = 300

# The SDKs are imported where they are used: most commands need none, and they take a second to load.


def endpoints(account: str) -> dict[str, str]:
    """Return an account's endpoints by service, with a trailing slash like the real ones."""
    azure = state.load().azure
    return {service: f"{getattr(azure, service)}/{account}/" for service in ("blob", "queue", "table")}


def deployment_site(app: str) -> str:
    """Return where an app's code can be posted."""
    return f"{state.load().azure.control}/sites/{quote(app)}"


def host_name(app: str) -> str:
    """Return where an app's functions with an HTTP trigger answer."""
    return str(control("GET", "apps", app)["host_name"])


def blobs(account: str) -> BlobServiceClient:
    """Return the client of an account's blobs."""
    from azure.storage.blob import BlobServiceClient

    return BlobServiceClient(endpoints(account)["blob"], credential=_credential(account))


def queues(account: str) -> QueueServiceClient:
    """Return the client of an account's queues."""
    from azure.storage.queue import QueueServiceClient

    return QueueServiceClient(endpoints(account)["queue"], credential=_credential(account))


def tables(account: str) -> TableServiceClient:
    """Return the client of an account's tables."""
    from azure.core.credentials import AzureNamedKeyCredential
    from azure.data.tables import TableServiceClient

    credential = AzureNamedKeyCredential(account, state.load().azure.key)
    return TableServiceClient(endpoint=endpoints(account)["table"], credential=credential)


def account_outputs(name: str) -> dict[str, Any]:
    """Return the outputs of the storage account ``name``, in any resource group.

    Raises:
        ProviderError: There is no such account.
    """
    for identity, outputs in inventory.everything().items():
        if arm.type_of(identity) == "Microsoft.Storage/storageAccounts" and outputs["name"] == name:
            return outputs
    raise ProviderError(f"There is no storage account {name!r}.")


def require_shared_key(account: str) -> str:
    """Return an account's key.

    Raises:
        ProviderError: The account does not allow access by key, so the real provider would fail here.
    """
    if account_outputs(account).get("allowSharedKeyAccess") is False:
        raise ProviderError(f"The storage account {account!r} does not allow access by its key.")
    return state.load().azure.key


def control(method: str, collection: str, name: str, suffix: str = "", body: Any = None) -> Any:
    """Send a request about an app or subscription to the local host; deleting a missing one is accepted.

    Raises:
        ProviderError: The host refuses, with its message, or does not answer.
    """
    azure = state.load().azure
    url = f"{azure.control}/{collection}/{quote(name, safe='')}{suffix}"
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", **azure.authorization}
    request = Request(url, data=data, method=method, headers=headers)  # noqa: S310
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            return json.load(answer)
    except HTTPError as error:
        if method == "DELETE" and error.code == 404:
            return {}
        raise ProviderError(f"The local Azure host: {_reason(error)}") from None
    except (URLError, TimeoutError) as error:
        raise ProviderError(f"The local Azure host does not answer at {url}: {error}.") from None


def _credential(account: str) -> dict[str, str]:
    return {"account_name": account, "account_key": state.load().azure.key}


def _reason(error: HTTPError) -> str:
    text = error.read().decode(errors="replace")
    try:
        return str(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError):
        return text or f"status {error.code}"
