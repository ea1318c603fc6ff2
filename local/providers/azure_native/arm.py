"""What Azure Resource Manager does for every resource: ids, types, locations and parents."""

from __future__ import annotations

import re
import uuid
from typing import Any

from local.providers.azure_native import inventory
from local.providers.naming import AutoName
from local.providers.resource import ProviderError, Resource
from local.providers.wire import Properties

# The one subscription, directory and person of the local cloud; any fixed values do.
NAMESPACE = uuid.UUID("8f0d1a52-3c5e-4a3c-9d8e-6f0c4a1b7e11")
SUBSCRIPTION = str(uuid.uuid5(NAMESPACE, "subscription"))
TENANT = str(uuid.uuid5(NAMESPACE, "tenant"))
CLIENT = str(uuid.uuid5(NAMESPACE, "client"))
GROUP = "resourceGroupName"
API_VERSION = "local"


class ArmResource(Resource):
    """A resource in a resource group. As it stands it is checked and remembered, and nothing more.

    ``path`` is the resource's id below the group, with inputs in braces; they and the group's name are what
    cannot change. The last one is the resource's name.
    """

    path: str
    fixed: frozenset[str] = frozenset()
    location: str | None = None

    def __init__(self, kind: str | None = None, path: str | None = None) -> None:
        if kind and path:
            self.kind, self.path = kind, path
        inputs = re.findall(r"{(\w+)}", self.path)
        self.replace_on = frozenset({*inputs, GROUP, "location", *self.fixed})
        # As azure-native does: eight random digits for a resource, its own name for a part of one.
        digits = 8 if len(inputs) == 1 else 0
        self.auto_name = AutoName(
            inputs[-1], separator="", random_digits=digits, forbidden=r"[^A-Za-z0-9_.-]"
        )

    def outputs(self, identity: str, inputs: Properties) -> Properties:
        """Return the outputs that are particular to the type."""
        return {}

    def apply(self, identity: str, inputs: Properties) -> None:
        """Make the resource on the emulator, or change it there."""

    def withdraw(self, identity: str, state: Properties) -> None:
        """Remove the resource from the emulator; one that is gone already is fine."""

    def configure(self, settings: Properties) -> None:
        self.location = settings.get("location")

    def identity(self, inputs: Properties) -> str:
        """Return the resource's id."""
        return f"{group_id(inputs[GROUP])}/{self.path.format_map(inputs)}"

    def create(self, inputs: Properties) -> tuple[str, Properties]:
        identity = self.identity(inputs)
        _require(parent_of(identity))
        if inventory.recall(identity) is not None:
            raise ProviderError(f"There is a resource {identity} already.")
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
    # ``blobServices/default`` and its like are always there: they are no resources to make.
    parents = segments[:-2]
    while parents[-1] == "default":
        parents = parents[:-2]
    return f"{above}/providers/{'/'.join(parents)}" if parents[1:] else above


def recall(identity: str) -> Properties:
    """Return the outputs of a resource that has to be there.

    Raises:
        ProviderError: It is not.
    """
    found = inventory.recall(identity)
    if found is None:
        raise ProviderError(f"There is no resource {identity}.")
    return found


def managed_identity(identity: str, given: Any) -> Properties:
    """Return the outputs of an ``identity`` block: the principal that the service makes for the resource.

    Raises:
        ProviderError: A user-assigned identity is not there.
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
    """Return the id that the directory has for a resource's identity."""
    return str(uuid.uuid5(NAMESPACE, f"principal {identity.lower()}"))


def client(identity: str) -> str:
    """Return the client id of a resource's identity."""
    return str(uuid.uuid5(NAMESPACE, f"client {identity.lower()}"))


def _require(identity: str | None) -> None:
    if identity is not None:
        recall(identity)
