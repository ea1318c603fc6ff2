"""The built-in roles of Azure that the pipeline grants."""

from __future__ import annotations

import uuid
from enum import Enum

import pulumi
from pulumi_azure_native import authorization

# An arbitrary fixed namespace for the generated names.
NAMESPACE = uuid.UUID("5f1d9a3c-5a0f-4e6b-9a86-3b0d6d0f2c71")


class Role(Enum):
    """The ids of built-in roles: learn.microsoft.com, "Azure built-in roles"."""

    BLOB_OWNER = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
    BLOB_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
    BLOB_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
    QUEUE_CONTRIBUTOR = "974c5e8b-45b9-4653-ba55-5f855dd0fb88"
    QUEUE_SENDER = "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a"
    TABLE_CONTRIBUTOR = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"
    DURABLE_TASK_CONTRIBUTOR = "0ad04412-c4d5-4796-b79c-f76d14c8d402"
    KEY_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6"  # Key Vault Crypto Service Encryption User
    METRICS_PUBLISHER = "3913510d-42f4-4e42-8a64-420c390055eb"


type Grant = tuple[Role | pulumi.Output[str], pulumi.Input[str]]
"""A built-in role, or the id of another one, and the scope that it is granted on."""


def grant(
    name: str,
    role: Role | pulumi.Output[str],
    scope: pulumi.Input[str],
    principal_id: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
    condition: str | None = None,
) -> authorization.RoleAssignment:
    """Grant a built-in role, or one by its id, on the scope to a managed identity."""
    definition = pulumi.Output.from_input(role.value if isinstance(role, Role) else role)
    known = pulumi.Output.all(scope, principal_id, definition)
    return authorization.RoleAssignment(
        name,
        # The name is derived from the grant, so that a second deployment finds it instead of a conflict.
        role_assignment_name=known.apply(lambda facts: str(uuid.uuid5(NAMESPACE, " ".join(facts)))),
        scope=scope,
        role_definition_id=known.apply(
            lambda facts: (
                f"/subscriptions/{facts[0].split('/')[2]}/providers/Microsoft.Authorization/roleDefinitions/{facts[2]}"
            )
        ),
        principal_id=principal_id,
        # Without it, a new identity is not found until the directory has replicated it.
        principal_type="ServicePrincipal",
        condition=condition,
        condition_version="2.0" if condition else None,
        opts=opts,
    )


def reading_below(prefix: str) -> str:
    """Return the condition of a role that reads blobs of these names alone, and lists none.

    Source: learn.microsoft.com, "Authorize access to blobs using Azure role assignment conditions".
    """
    blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
    return f"((!(ActionMatches{{'{blobs}/read'}})) OR (@Resource[{blobs}:path] StringLike '{prefix}*'))"
