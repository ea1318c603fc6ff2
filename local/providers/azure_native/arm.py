"""The behaviour of Azure Resource Manager for all resources: ids, types, locations and parents."""

from __future__ import annotations

import re
import uuid
from typing import Any

from local.providers.azure_native import inventory
from local.providers.naming import AutoName
from local.providers.resource import ProviderError, Resource
from local.providers.wire import Properties

# The subscription, directory and user of the local cloud, with arbitrary fixed values.
NAMESPACE = uuid.UUID("8f0d1a52-3c5e-4a3c-9d8e-6f0c4a1b7e11")
SUBSCRIPTION = str(uuid.uuid5(NAMESPACE, "subscription"))
TENANT = str(uuid.uuid5(NAMESPACE, "tenant"))
CLIENT = str(uuid.uuid5(NAMESPACE, "client"))
GROUP = "resourceGroupName"
API_VERSION = "local"


class ArmResource(Resource):
    """A resource in a resource group. This base class only checks and records it.

    ``path`` is the resource's id below the group, with inputs in braces; these and the group's name cannot
    change. The last one is the resource's name.
    """

    path: str
    fixed: frozenset[str] = frozenset()
    location: str | None = None

    def __init__(self, kind: str | None = None, path: str | None = None) -> None:
        if kind and path:
            self.kind, self.path = kind, path
        inputs = re.findall(r"{(\w+)}", self.path)
        self.replace_on = frozenset({*inputs, GROUP, "location", *self.fixed})
        # As azure-native does: eight random digits for a resource, the given name for a part of one.
        digits = 8 if len(inputs) == 1 else 0
        self.auto_name = AutoName(
            inputs[-1], separator="", random_digits=digits, forbidden=r"[^A-Za-z0-9_.-]"
        )

    def outputs(self, identity: str, inputs: Properties) -> Properties:
        """Return the outputs that are specific to the type."""
        return {}

    def apply(self, identity: str, inputs: Properties) -> None:
        """Create or change the resource on the emulator."""

    def withdraw(self, identity: str, state: Properties) -> None:
        """Delete the resource from the emulator, if it exists."""

    def configure(self, settings: Properties) -> None:
        self.location = settings.get("location")

    def identity(self, inputs: Properties) -> str:
        """Return the resource's id."""
        return f"{group_id(inputs[GROUP])}/{self.path.format_map(inputs)}"

    def create(self, inputs: Properties) -> tuple[str, Properties]:
        identity = self.identity(inputs)
        _require(parent_of(identity))
        if inventory.recall(identity) is not None:
            raise ProviderError(f"The resource {identity} already exists.")
        self.apply(identity, inputs)
        return identity, self._remember(identity, inputs)

    def update(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        self.apply(identity, inputs)
        return self._remember(identity, inputs)

    def delete(self, identity: str, state: Properties) -> None:
        self.withdraw(identity, state)
        inventory.forget(identity)

    def exists(self, identity: str, state: Properties) -> bool:
        return inventory.recall(identity) is not None

    def _remember(self, identity: str, inputs: Properties) -> Properties:
        group = inventory.recall(group_id(inputs[GROUP])) if GROUP in inputs else None
        location = inputs.get("location") or (group or {}).get("location") or self.location
        computed: Properties = {
            "azureApiVersion": API_VERSION,
            "location": location,
            "name": identity.rsplit("/", 1)[-1],
            "provisioningState": "Succeeded",
            "systemData": {},
            "type": type_of(identity),
            **self.outputs(identity, inputs),
        }
        inventory.remember(identity, {**inputs, **computed})
        return computed


def group_id(name: str) -> str:
    """Return the id of a resource group."""
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}"


def type_of(identity: str) -> str:
    """Return a resource's type: the provider and every other segment after it."""
    below = identity.rsplit("/providers/", 1)
    if len(below) == 1:
        return "Microsoft.Resources/resourceGroups"
    provider, *segments = below[1].split("/")
    return "/".join((provider, *segments[::2]))


def parent_of(identity: str) -> str | None:
    """Return the id of the resource or group that a resource is a part of."""
    above, _, below = identity.rpartition("/providers/")
    segments = below.split("/")
    if not above:
        return None
    # ``blobServices/default`` and similar ones always exist and are not created.
    parents = segments[:-2]
    while parents[-1] == "default":
        parents = parents[:-2]
    return f"{above}/providers/{'/'.join(parents)}" if parents[1:] else above


def recall(identity: str) -> Properties:
    """Return the outputs of a resource that must exist.

    Raises:
        ProviderError: It does not exist.
    """
    found = inventory.recall(identity)
    if found is None:
        raise ProviderError(f"The resource {identity} does not exist.")
    return found


def managed_identity(identity: str, given: Any) -> Properties:
    """Return the outputs of an ``identity`` block: the principal that the service creates for the resource.

    Raises:
        ProviderError: A user-assigned identity does not exist.
    """
    made = dict(given)
    if "SystemAssigned" in given["type"]:
        made |= {"principalId": principal(identity), "tenantId": TENANT}
    if given.get("userAssignedIdentities"):
        users = {each: recall(each) for each in given["userAssignedIdentities"]}
        made["userAssignedIdentities"] = {
            each: {"clientId": user["clientId"], "principalId": user["principalId"]}
            for each, user in users.items()
        }
    return made


def principal(identity: str) -> str:
    """Return the object id of a resource's identity in the directory."""
    return str(uuid.uuid5(NAMESPACE, f"principal {identity.lower()}"))


def client(identity: str) -> str:
    """Return the client id of a resource's identity."""
    return str(uuid.uuid5(NAMESPACE, f"client {identity.lower()}"))


def _require(identity: str | None) -> None:
    if identity is not None:
        recall(identity)
