"""The app's code: an archive in a container, handed to the platform's One Deploy."""

from __future__ import annotations

from pathlib import Path

import pulumi
from pulumi_azure_native import resources, storage

from components.azure.storage import account, container

# The address is given out for reading this one archive, which holds no secret. An end that moved with the
# clock would make every preview show a change.
READABLE_UNTIL = "2099-12-31T00:00:00Z"
PACKAGES = "packages"


class AppCode(pulumi.ComponentResource):
    """Delivers the archive to the app; unchanged code has the same name and address, so nothing happens.

    The archive has an account of its own because uploading it and signing its address take the account's
    keys, which the accounts with photos and state don't have.
    """

    def __init__(
        self,
        name: str,
        account_name: str,
        resource_group: pulumi.Input[str],
        app: pulumi.Input[str],
        archive: Path,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:azure:AppCode", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        store = account(account_name, resource_group, child, shared_keys=True)
        packages = container(f"{name}-{PACKAGES}", store, PACKAGES, resource_group, child)
        blob = storage.Blob(
            f"{name}-archive",
            resource_group_name=resource_group,
            account_name=store.name,
            container_name=packages.name,
            blob_name=archive.name,
            type=storage.BlobType.BLOCK,
            content_type="application/zip",
            source=pulumi.FileAsset(str(archive)),
            opts=child,
        )
        path = pulumi.Output.concat(packages.name, "/", blob.name)
        signature = storage.list_storage_account_service_sas_output(
            resource_group_name=resource_group,
            account_name=store.name,
            canonicalized_resource=pulumi.Output.concat("/blob/", store.name, "/", path),
            resource=storage.SignedResource.B,
            permissions=storage.Permissions.R,
            protocols=storage.HttpProtocol.HTTPS,
            shared_access_expiry_time=READABLE_UNTIL,
        )
        address = pulumi.Output.concat(store.primary_endpoints.blob, path, "?", signature.service_sas_token)
        secret: pulumi.Output[str] = pulumi.Output.secret(address)
        resources.Deployment(
            f"{name}-onedeploy",
            resource_group_name=resource_group,
            properties={
                "mode": resources.DeploymentMode.INCREMENTAL,
                "template": pulumi.Output.from_input(app).apply(template),
                "parameters": {"packageUri": {"value": secret}},
            },
            opts=child,
        )
        self.register_outputs({})


def template(app: str) -> dict[str, object]:
    """Return the template with the one resource that azure-native has no type for."""
    return {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {"packageUri": {"type": "securestring"}},
        "resources": [
            {
                "type": "Microsoft.Web/sites/extensions",
                "apiVersion": "2024-04-01",
                "name": f"{app}/onedeploy",
                "properties": {"packageUri": "[parameters('packageUri')]", "remoteBuild": False},
            }
        ],
    }
