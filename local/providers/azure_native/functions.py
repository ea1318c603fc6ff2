"""The functions of the Azure provider."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from local import state
from local.providers.azure_native import arm, emulator
from local.providers.resource import ProviderError
from local.providers.wire import Properties

# Azurite uses plain HTTP, so a URL for HTTPS only would not work here.
PROTOCOL = "https,http"


def get_client_config(arguments: Properties) -> Properties:
    """``azure_native.authorization.get_client_config``."""
    return {
        "clientId": arm.CLIENT,
        "objectId": arm.CLIENT,
        "subscriptionId": arm.SUBSCRIPTION,
        "tenantId": arm.TENANT,
    }


def get_client_token(arguments: Properties) -> Properties:
    """``azure_native.authorization.get_client_token``: what the local host demands."""
    return {"token": state.load().azure.token}


def list_storage_account_keys(arguments: Properties) -> Properties:
    """``azure_native.storage.list_storage_account_keys``."""
    key = emulator.require_shared_key(arguments["accountName"])
    return {"keys": [{"keyName": "key1", "permissions": "Full", "value": key, "creationTime": ""}]}


def list_storage_account_service_sas(arguments: Properties) -> Properties:
    """``azure_native.storage.list_storage_account_service_sas`` for blobs and containers.

    Raises:
        ProviderError: The resource is neither.
    """
    from azure.storage.blob import generate_blob_sas, generate_container_sas

    account, path = arguments["accountName"], arguments["canonicalizedResource"]
    key = emulator.require_shared_key(account)
    common: dict[str, Any] = {
        "account_key": key,
        "permission": arguments.get("permissions"),
        "expiry": _time(arguments.get("sharedAccessExpiryTime")),
        "start": _time(arguments.get("sharedAccessStartTime")),
        "protocol": PROTOCOL,
    }
    match path.split("/", 4)[1:], arguments.get("resource"):
        case ["blob", name, container, blob], "b" if name == account:
            return {"serviceSasToken": generate_blob_sas(account, container, blob, **common)}
        case ["blob", name, container], "c" if name == account:
            return {"serviceSasToken": generate_container_sas(account, container, **common)}
    raise ProviderError(f"{path!r} is neither a blob nor a container of {account!r}.")


def list_storage_account_sas(arguments: Properties) -> Properties:
    """``azure_native.storage.list_storage_account_sas``."""
    from azure.storage.blob import generate_account_sas

    account = arguments["accountName"]
    token = generate_account_sas(
        account,
        emulator.require_shared_key(account),
        resource_types=arguments["resourceTypes"],
        permission=arguments["permissions"],
        expiry=arguments["sharedAccessExpiryTime"],
        start=_time(arguments.get("sharedAccessStartTime")),
        services=arguments["services"],
        protocol=PROTOCOL,
    )
    return {"accountSasToken": token}


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


FUNCTIONS = {
    "azure-native:authorization:getClientConfig": get_client_config,
    "azure-native:authorization:getClientToken": get_client_token,
    "azure-native:storage:listStorageAccountKeys": list_storage_account_keys,
    "azure-native:storage:listStorageAccountSAS": list_storage_account_sas,
    "azure-native:storage:listStorageAccountServiceSAS": list_storage_account_service_sas,
}
