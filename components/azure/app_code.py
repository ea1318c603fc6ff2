"""The app's code: an archive in a container, delivered by the platform's One Deploy."""

from __future__ import annotations

from pathlib import Path

import pulumi
from pulumi_azure_native import resources, storage

from components.azure.patience import until_roles_work
from components.azure.storage import container
from core.deployment.names import PACKAGES

READABLE = "PT1H"  # the platform fetches the archive once, while it is delivered
DEPLOYED = "deployed"  # the container where the platform keeps the archive, and instances find it
STORAGE_API = "2023-05-01"  # the version of the operation that signs


class AppCode(pulumi.ComponentResource):
    """Delivers the archive to the app; unchanged code has the same name, so nothing happens.

    The URL from which the platform fetches it gives read access to this one archive for an hour. The template
    signs it during deployment, so that neither the program nor its state ever contains it, and another app
    gets its own URL.

    The account ``store`` has nothing but code: uploading the archive and signing its URL require account
    keys, which are disabled for the accounts with photos and state.
    """

    def __init__(
        self,
        name: str,
        store: storage.StorageAccount,
        resource_group: pulumi.Input[str],
        app: pulumi.Input[str],
        archive: Path,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:azure:AppCode", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
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
        resources.Deployment(
            f"{name}-onedeploy-{archive.stem.rpartition('-')[2]}",
            resource_group_name=resource_group,
            properties={
                "mode": resources.DeploymentMode.INCREMENTAL,
                "template": pulumi.Output.from_input(app).apply(template),
                "parameters": {
                    "account": {"value": store.id},
                    "address": {"value": pulumi.Output.concat(store.primary_endpoints.blob, path)},
                    "resource": {"value": pulumi.Output.concat("/blob/", store.name, "/", path)},
                },
            },
            # The platform copies the archive to the app's container as the app's new identity.
            opts=pulumi.ResourceOptions.merge(
                child, pulumi.ResourceOptions(hooks=until_roles_work(f"{name}-onedeploy"))
            ),
        )
        self.register_outputs({})


def template(app: str) -> dict[str, object]:
    """Return the template with the one resource that azure-native has no type for.

    ``listServiceSas`` has the parameters of the storage service's REST operation; the current time is only
    available as a parameter's default (Resource Manager's template functions, "utcNow").
    """
    signing = ", ".join(
        (
            "'canonicalizedResource', parameters('resource')",
            "'signedResource', 'b'",
            "'signedPermission', 'r'",
            "'signedProtocol', 'https'",
            "'signedExpiry', parameters('expiry')",
        )
    )
    signed = (
        f"listServiceSas(parameters('account'), '{STORAGE_API}', createObject({signing})).serviceSasToken"
    )
    return {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {
            "account": {"type": "string"},
            "address": {"type": "string"},
            "resource": {"type": "string"},
            "now": {"type": "string", "defaultValue": "[utcNow()]"},
            "expiry": {
                "type": "string",
                "defaultValue": f"[dateTimeAdd(parameters('now'), '{READABLE}')]",
            },
        },
        "resources": [
            {
                "type": "Microsoft.Web/sites/extensions",
                "apiVersion": "2024-04-01",
                "name": f"{app}/onedeploy",
                "properties": {
                    "packageUri": f"[concat(parameters('address'), '?', {signed})]",
                    "remoteBuild": False,
                },
            }
        ],
    }
