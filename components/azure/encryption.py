"""Encrypt all storage accounts with a key of the customer's own in a Key Vault.

Blobs, queues and tables use the key. Log Analytics keeps Microsoft's keys: it takes other ones only in a
dedicated cluster (learn.microsoft.com, "Azure Monitor customer-managed keys").
"""

from __future__ import annotations

import pulumi

from components.azure.app_identity import AppIdentity
from components.azure.roles import Role

ACCOUNT = "azure-native:storage:StorageAccount"


class AccountEncryption:
    """Makes every storage account below a component use the key, once :attr:`identity` is set.

    ``key`` is the key's resource id; its newest version is used, so rotating it needs no deployment.
    """

    identity: AppIdentity

    def __init__(self, key: str) -> None:
        self._key = key
        _, self._vault, _, self._name = key.rsplit("/", 3)

    def create_identity(
        self, name: str, resource_group: pulumi.Input[str], opts: pulumi.ResourceOptions
    ) -> None:
        """Create the identity as which storage accounts use the key, with its role on this key."""
        grants: dict[str, tuple[Role, pulumi.Input[str]]] = {"key": (Role.KEY_USER, self._key)}
        self.identity = AppIdentity(name, resource_group, grants, opts=opts)

    def transformation(
        self, arguments: pulumi.ResourceTransformationArgs
    ) -> pulumi.ResourceTransformationResult | None:
        """Set the key on a storage account."""
        if arguments.type_ != ACCOUNT:
            return None
        own = {
            "identity": {"type": "UserAssigned", "user_assigned_identities": [self.identity.id]},
            "encryption": {
                "key_source": "Microsoft.Keyvault",
                "key_vault_properties": {
                    "key_name": self._name,
                    "key_vault_uri": f"https://{self._vault}.vault.azure.net",
                },
                "encryption_identity": {"encryption_user_assigned_identity": self.identity.id},
                # By themselves, queues and tables would keep the platform's key; this is fixed at creation.
                "services": {
                    each: {"enabled": True, "key_type": "Account"}
                    for each in ("blob", "file", "queue", "table")
                },
            },
        }
        return pulumi.ResourceTransformationResult({**arguments.props, **own}, arguments.opts)
