"""Storage accounts from Azurite's pool, and their contents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import CorsRule

from local import state as local_state
from local.providers import assets
from local.providers.azure_native import emulator, inventory
from local.providers.azure_native.arm import ArmResource, managed_identity, type_of
from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.resource import ProviderError
from local.providers.wire import Properties

ACCOUNT = "providers/Microsoft.Storage/storageAccounts/{accountName}"
CONTAINER = ACCOUNT + "/blobServices/default/containers/{containerName}"
# learn.microsoft.com, "Naming rules and restrictions for Azure resources"
CONTAINER_NAME = re.compile(r"[a-z0-9](?:-?[a-z0-9]){2,62}")
MAX_NAME = 63
TABLE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{2,62}")


class StorageAccount(ArmResource):
    """``azure_native.storage.StorageAccount``: an unused account of the pool.

    Azurite's accounts are fixed at its start, so a generated name is one of theirs.
    """

    kind = "azure-native:storage:StorageAccount"
    path = ACCOUNT
    fixed = frozenset({"isHnsEnabled", "kind"})
    completes = frozenset({"identity"})

    def __init__(self) -> None:
        super().__init__()
        self._promised: set[str] = set()
        self._promising = Lock()

    def make_name(self, rule: AutoName, name: str, seed: bytes) -> str:
        pool = local_state.load().azure.accounts
        with self._promising:
            taken = {outputs["name"] for identity, outputs in _accounts()} | self._promised
            free = [account for account in pool if account not in taken]
            if not free:
                raise ProviderError(
                    f"All {len(pool)} local storage accounts are in use; destroy a stack first."
                )
            self._promised.add(free[0])
            return free[0]

    def check(self, inputs: Properties) -> Iterator[Fault]:
        name, pool = inputs["accountName"], local_state.load().azure.accounts
        if name not in pool:
            reason = f"{name!r} is not among the local storage accounts: {', '.join(pool)}; or leave it out."
            yield Fault("accountName", reason)

    def outputs(self, identity: str, inputs: Properties) -> Properties:
        now = datetime.now(UTC).isoformat()
        block = {"identity": managed_identity(identity, inputs["identity"])} if "identity" in inputs else {}
        return {
            **block,
            "accessTier": inputs.get("accessTier", "Hot"),
            "creationTime": now,
            "keyCreationTime": {"key1": now, "key2": now},
            "primaryEndpoints": emulator.endpoints(inputs["accountName"]),
            "primaryLocation": inputs.get("location") or self.location,
            "sku": {**inputs["sku"], "tier": inputs["sku"]["name"].split("_")[0]},
            "statusOfPrimary": "available",
        }

    def withdraw(self, identity: str, state: Properties) -> None:
        """Empty the account, as deleting it would, so that it can be used again."""
        name = state["accountName"]
        for container in emulator.blobs(name).list_containers():
            emulator.blobs(name).delete_container(container.name)
        for queue in emulator.queues(name).list_queues():
            emulator.queues(name).delete_queue(queue.name)
        for table in emulator.tables(name).list_tables():
            emulator.tables(name).delete_table(table.name)
        with self._promising:
            self._promised.discard(name)


class BlobContainer(ArmResource):
    """``azure_native.storage.BlobContainer``."""

    kind = "azure-native:storage:BlobContainer"
    path = CONTAINER

    def check(self, inputs: Properties) -> Iterator[Fault]:
        yield from _name_faults(inputs, "containerName", CONTAINER_NAME)

    def apply(self, identity: str, inputs: Properties) -> None:
        _create(emulator.blobs(inputs["accountName"]).create_container, inputs["containerName"])

    def withdraw(self, identity: str, state: Properties) -> None:
        _remove(emulator.blobs(state["accountName"]).delete_container, state["containerName"])


class Queue(ArmResource):
    """``azure_native.storage.Queue``."""

    kind = "azure-native:storage:Queue"
    path = ACCOUNT + "/queueServices/default/queues/{queueName}"

    def check(self, inputs: Properties) -> Iterator[Fault]:
        yield from _name_faults(inputs, "queueName", CONTAINER_NAME)

    def apply(self, identity: str, inputs: Properties) -> None:
        _create(emulator.queues(inputs["accountName"]).create_queue, inputs["queueName"])

    def withdraw(self, identity: str, state: Properties) -> None:
        _remove(emulator.queues(state["accountName"]).delete_queue, state["queueName"])


class Table(ArmResource):
    """``azure_native.storage.Table``."""

    kind = "azure-native:storage:Table"
    path = ACCOUNT + "/tableServices/default/tables/{tableName}"

    def check(self, inputs: Properties) -> Iterator[Fault]:
        yield from _name_faults(inputs, "tableName", TABLE_NAME)

    def apply(self, identity: str, inputs: Properties) -> None:
        _create(emulator.tables(inputs["accountName"]).create_table, inputs["tableName"])

    def withdraw(self, identity: str, state: Properties) -> None:
        _remove(emulator.tables(state["accountName"]).delete_table, state["tableName"])


class Blob(ArmResource):
    """``azure_native.storage.Blob``: uploads with the account's key, as the real provider does."""

    kind = "azure-native:storage:Blob"
    path = CONTAINER + "/blobs/{blobName}"
    fixed = frozenset({"source", "type"})

    def apply(self, identity: str, inputs: Properties) -> None:
        from azure.storage.blob import ContentSettings

        emulator.require_shared_key(inputs["accountName"])
        blob = emulator.blobs(inputs["accountName"]).get_blob_client(
            inputs["containerName"], inputs["blobName"]
        )
        content = assets.read(inputs["source"]) if "source" in inputs else b""
        settings = ContentSettings(content_type=inputs.get("contentType"))
        blob.upload_blob(content, overwrite=True, content_settings=settings, metadata=inputs.get("metadata"))

    def withdraw(self, identity: str, state: Properties) -> None:
        account, container, name = state["accountName"], state["containerName"], state["blobName"]
        _remove(emulator.blobs(account).get_blob_client(container, name).delete_blob)

    def outputs(self, identity: str, inputs: Properties) -> Properties:
        address = f"{inputs['containerName']}/{inputs['blobName']}"
        return {
            # A blob's ``type`` is the kind of blob, not the type of the resource.
            "type": inputs.get("type", "Block"),
            "url": emulator.endpoints(inputs["accountName"])["blob"] + address,
        }


class ManagementPolicy(ArmResource):
    """``azure_native.storage.ManagementPolicy``: only recorded; Azurite does not expire blobs."""

    kind = "azure-native:storage:ManagementPolicy"
    path = ACCOUNT + "/managementPolicies/{managementPolicyName}"

    def check(self, inputs: Properties) -> Iterator[Fault]:
        if inputs["managementPolicyName"] != "default":
            yield Fault("managementPolicyName", "the platform takes only the name 'default'.")


class BlobServiceProperties(ArmResource):
    """``azure_native.storage.BlobServiceProperties``: which pages may send requests; the rest is recorded."""

    kind = "azure-native:storage:BlobServiceProperties"
    path = ACCOUNT + "/blobServices/{blobServicesName}"

    def check(self, inputs: Properties) -> Iterator[Fault]:
        if inputs["blobServicesName"] != "default":
            yield Fault("blobServicesName", "the platform takes only the name 'default'.")

    def apply(self, identity: str, inputs: Properties) -> None:
        rules = [
            CorsRule(
                each["allowedOrigins"],
                each["allowedMethods"],
                allowed_headers=each["allowedHeaders"],
                exposed_headers=each["exposedHeaders"],
                max_age_in_seconds=each["maxAgeInSeconds"],
            )
            for each in inputs.get("cors", {}).get("corsRules", [])
        ]
        emulator.blobs(inputs["accountName"]).set_service_properties(cors=rules)

    def withdraw(self, identity: str, state: Properties) -> None:
        emulator.blobs(state["accountName"]).set_service_properties(cors=[])


def _accounts() -> list[tuple[str, Properties]]:
    found = inventory.everything().items()
    return [each for each in found if type_of(each[0]) == "Microsoft.Storage/storageAccounts"]


def _name_faults(inputs: Properties, name: str, pattern: re.Pattern[str]) -> Iterator[Fault]:
    value = inputs[name]
    if not pattern.fullmatch(value) or len(value) > MAX_NAME:
        yield Fault(name, f"{value!r} is not a valid name.")


def _create(make: Callable[..., Any], *arguments: str) -> None:
    with suppress(ResourceExistsError):
        make(*arguments)


def _remove(remove: Callable[..., Any], *arguments: str) -> None:
    with suppress(ResourceNotFoundError):
        remove(*arguments)


RESOURCES = (
    StorageAccount,
    BlobContainer,
    Queue,
    Table,
    Blob,
    ManagementPolicy,
    BlobServiceProperties,
)
