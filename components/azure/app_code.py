"""The app's code: an archive in a container, handed to the platform's One Deploy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pulumi
from pulumi_azure_native import resources, storage

from components.azure.storage import account, container

READABLE = timedelta(hours=1)  # the platform fetches the archive once, while it is delivered
PACKAGES = "packages"


class AppCode(pulumi.ComponentResource):
    """Delivers the archive to the app; unchanged code has the same name, so nothing happens.

    The address by which the platform fetches it opens this one archive, for reading, for an hour. A later
    run signs another, which alone delivers nothing: each archive has a delivery of its own.

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
            shared_access_expiry_time=f"{datetime.now(UTC) + READABLE:%Y-%m-%dT%H:%M:%SZ}",
        )
        address = pulumi.Output.concat(store.primary_endpoints.blob, path, "?", signature.service_sas_token)
        secret: pulumi.Output[str] = pulumi.Output.secret(address)
        resources.Deployment(
            f"{name}-onedeploy-{archive.stem.rpartition('-')[2]}",
            resource_group_name=resource_group,
            properties={
                "mode": resources.DeploymentMode.INCREMENTAL,
                "template": pulumi.Output.from_input(app).apply(template),
                "parameters": {"packageUri": {"value": secret}},
            },
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["properties.parameters"]),
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
