"""The identity of the function app, and its permissions."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_azure_native import managedidentity, storage

from components.azure.roles import Grant, grant
from core.deployment import variables


class AppIdentity(pulumi.ComponentResource):
    """A managed identity with its roles, all granted before the identity can be used.

    Args:
        name: The logical name.
        resource_group: The name of the resource group.
        grants: The roles; each key is a logical name, each value a role and the scope it is granted on.
        opts: Pulumi's resource options.
    """

    id: pulumi.Output[str]
    client_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        resource_group: pulumi.Input[str],
        grants: Mapping[str, Grant],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:azure:AppIdentity", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        identity = managedidentity.UserAssignedIdentity(name, resource_group_name=resource_group, opts=child)
        granted = [
            grant(f"{name}-{what}", role, scope, identity.principal_id, child)
            for what, (role, scope) in grants.items()
        ]
        known = pulumi.Output.all(identity.id, identity.client_id, *(each.id for each in granted))
        self.id = known.apply(lambda values: str(values[0]))
        self.client_id = known.apply(lambda values: str(values[1]))
        self.register_outputs({"id": self.id, "client_id": self.client_id})


def connection(name: str, of: storage.StorageAccount, identity: AppIdentity) -> dict[str, pulumi.Input[str]]:
    """Return the app settings with which host and handlers access an account as the app's identity."""
    return {
        variables.service_uri(name, "blob"): of.primary_endpoints.blob,
        variables.service_uri(name, "queue"): of.primary_endpoints.queue,
        variables.service_uri(name, "table"): of.primary_endpoints.table,
        variables.credential(name): variables.MANAGED_IDENTITY,
        variables.client_id(name): identity.client_id,
    }
