"""Managed identities and their role assignments."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from local.providers.azure_native import arm, inventory
from local.providers.azure_native.arm import ArmResource
from local.providers.check import Fault, unknown_name
from local.providers.naming import AutoName
from local.providers.resource import ProviderError
from local.providers.wire import Properties

# How long a role assignment takes to work, in seconds: minutes in Azure, here none unless a test asks for it.
DELAY = "TWINLENS_LOCAL_ROLE_DELAY"
ROLE = re.compile(r"/(?:subscriptions/[^/]+/)?providers/Microsoft\.Authorization/roleDefinitions/([^/]+)")
# learn.microsoft.com, "Azure built-in roles": those a workload like this one may need.
ROLES = {
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
    "0ad04412-c4d5-4796-b79c-f76d14c8d402": "Durable Task Data Contributor",
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
    "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
    "76199698-9eea-4c19-bc75-cec21354c6b6": "Storage Table Data Reader",
    "8a0f0c08-91a1-4084-bc3d-661d67233fed": "Storage Queue Data Message Processor",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
    "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a": "Storage Queue Data Message Sender",
    "e147488a-f6f5-4113-8e2d-b22465e65bf6": "Key Vault Crypto Service Encryption User",
    "db58b8e5-c6ad-4a2a-8342-4190687cbf4a": "Storage Blob Delegator",
    "d5a91429-5739-47e2-a06b-3470a27159e7": "EventGrid Data Sender",
}


class UserAssignedIdentity(ArmResource):
    """``azure_native.managedidentity.UserAssignedIdentity``."""

    kind = "azure-native:managedidentity:UserAssignedIdentity"
    path = "providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}"

    def outputs(self, identity: str, inputs: Properties) -> Properties:
        return {
            "clientId": arm.client(identity),
            "principalId": arm.principal(identity),
            "tenantId": arm.TENANT,
        }


class RoleAssignment(ArmResource):
    """``azure_native.authorization.RoleAssignment``: scope, role and principal must exist."""

    kind = "azure-native:authorization:RoleAssignment"
    path = "providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}"
    fixed = frozenset({"principalId", "principalType", "roleDefinitionId", "scope"})

    def make_name(self, rule: AutoName, name: str, seed: bytes) -> str:
        return str(uuid.uuid5(arm.NAMESPACE, f"{name} {seed.hex()}"))

    def identity(self, inputs: Properties) -> str:
        return f"{inputs['scope']}/{self.path.format_map(inputs)}"

    def check(self, inputs: Properties) -> Iterator[Fault]:
        for name in ("roleAssignmentName", "principalId"):
            if not _is_uuid(inputs[name]):
                yield Fault(name, f"{inputs[name]!r} is not a UUID.")
        role = inputs["roleDefinitionId"]
        found = ROLE.fullmatch(role)
        if not found or (found[1] not in ROLES and not _defined(found[1])):
            known = [f"{key} ({name})" for key, name in ROLES.items()]
            yield Fault(
                "roleDefinitionId",
                f"{role!r} is not a built-in role known here{unknown_name(role, known)}",
            )

    def apply(self, identity: str, inputs: Properties) -> None:
        if inputs["principalId"] not in _principals():
            raise ProviderError(f"The principal {inputs['principalId']} does not exist in the directory.")
        for other, outputs in inventory.everything().items():
            same = all(
                outputs.get(name) == inputs[name] for name in ("principalId", "roleDefinitionId", "scope")
            )
            if same and other != identity and "/roleAssignments/" in other:
                raise ProviderError(f"The role assignment {other} already grants the same.")

    def outputs(self, identity: str, inputs: Properties) -> Properties:
        made = datetime.now(UTC).isoformat()
        return {"principalType": inputs.get("principalType", "ServicePrincipal"), "createdOn": made}


class RoleDefinition(ArmResource):
    """``azure_native.authorization.RoleDefinition``: a role of the subscription's own."""

    kind = "azure-native:authorization:RoleDefinition"
    path = "providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}"
    fixed = frozenset({"roleDefinitionId", "scope"})

    def identity(self, inputs: Properties) -> str:
        return f"{inputs['scope']}/{self.path.format_map(inputs)}"

    def check(self, inputs: Properties) -> Iterator[Fault]:
        if not _is_uuid(inputs["roleDefinitionId"]):
            yield Fault("roleDefinitionId", f"{inputs['roleDefinitionId']!r} is not a UUID.")
        if not inputs.get("assignableScopes"):
            yield Fault("assignableScopes", "a role needs a scope that it can be assigned on.")


def _defined(role: str) -> bool:
    return any(each.endswith(f"/roleDefinitions/{role}") for each in inventory.everything())


def require_roles_in_effect(principal: str) -> None:
    """Check that the principal's assignments are :data:`DELAY` seconds old, as if they took that long.

    Raises:
        ProviderError: One is younger; what the principal asks for is refused.
    """
    delay = timedelta(seconds=float(os.environ.get(DELAY, 0)))
    for identity, outputs in inventory.everything().items():
        if "/roleAssignments/" not in identity or outputs["principalId"] != principal:
            continue
        if datetime.now(UTC) - datetime.fromisoformat(outputs["createdOn"]) < delay:
            raise ProviderError(
                "BlobUploadFailedException: Failed to upload blob to storage account: 403 (This request is "
                "not authorized to perform this operation using this permission.)."
            )


def _principals() -> set[str]:
    """Return all principals of the directory: the user, and the identities of resources."""
    known = {arm.CLIENT}
    for outputs in inventory.everything().values():
        block = outputs.get("identity")
        known |= {
            outputs.get("principalId", ""),
            block.get("principalId", "") if isinstance(block, dict) else "",
        }
    return known


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


RESOURCES = (UserAssignedIdentity, RoleDefinition, RoleAssignment)
