"""The function app on its own Flex Consumption plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import storage, web

from components.azure.app_identity import AppIdentity


@dataclass(frozen=True)
class Http:
    """How an app serves HTTP requests: of how many at once an instance, and of which pages' origins."""

    concurrency: int
    origins: tuple[pulumi.Input[str], ...]


class FunctionApp(pulumi.ComponentResource):
    """A plan and an app that signs in everywhere as ``identity``; its code comes separately.

    Args:
        name: The logical name.
        resource_group: The name of the resource group.
        identity: The app's identity.
        code: The account and the container in which the platform keeps the app's code, and the identity with
            which it does; ``identity`` should have no access there, so that the app cannot replace its code.
        memory_mb: The memory of one instance.
        max_instances: The maximum number of instances.
        app_settings: The app's environment variables.
        http: How it serves HTTP requests; by default one at a time, and those of no page.
        opts: Pulumi's resource options.

    ``host`` is its host name, and ``site`` that of its deployment site.
    """

    name: pulumi.Output[str]
    id: pulumi.Output[str]
    host: pulumi.Output[str]
    site: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        resource_group: pulumi.Input[str],
        identity: AppIdentity,
        code: tuple[storage.StorageAccount, storage.BlobContainer, AppIdentity],
        memory_mb: int,
        max_instances: int,
        app_settings: Mapping[str, pulumi.Input[str]],
        http: Http | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:azure:FunctionApp", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        plan = web.AppServicePlan(
            f"{name}-plan",
            resource_group_name=resource_group,
            kind="functionapp",
            sku={"name": "FC1", "tier": "FlexConsumption"},
            reserved=True,
            opts=child,
        )
        account, container, deliverer = code
        app = web.WebApp(
            name,
            resource_group_name=resource_group,
            kind="functionapp,linux",
            server_farm_id=plan.id,
            https_only=True,
            identity={
                "type": web.ManagedServiceIdentityType.USER_ASSIGNED,
                "user_assigned_identities": [identity.id, deliverer.id],
            },
            function_app_config={
                "deployment": {
                    "storage": {
                        "type": web.FunctionsDeploymentStorageType.BLOB_CONTAINER,
                        "value": pulumi.Output.concat(account.primary_endpoints.blob, container.name),
                        "authentication": {
                            "type": web.AuthenticationType.USER_ASSIGNED_IDENTITY,
                            "user_assigned_identity_resource_id": deliverer.id,
                        },
                    }
                },
                "runtime": {"name": web.RuntimeName.PYTHON, "version": "3.13"},
                "scale_and_concurrency": {
                    "instance_memory_mb": memory_mb,
                    "maximum_instance_count": max_instances,
                    "triggers": {"http": {"per_instance_concurrency": http.concurrency}} if http else None,
                },
            },
            # A dict, not SiteConfigArgs: that class adds defaults that a Flex plan rejects.
            site_config={
                "app_settings": [
                    {"name": each, "value": value} for each, value in sorted(app_settings.items())
                ],
                "cors": {"allowed_origins": list(http.origins)} if http and http.origins else None,
                "min_tls_version": web.SupportedTlsVersions.SUPPORTED_TLS_VERSIONS_1_2,
            },
            opts=child,
        )
        # Neither FTP nor the deployment site takes the app's publishing password.
        for what, policy in (("ftp", web.WebAppFtpAllowed), ("scm", web.WebAppScmAllowed)):
            policy(
                f"{name}-{what}", resource_group_name=resource_group, name=app.name, allow=False, opts=child
            )
        self.name, self.id, self.host = app.name, app.id, app.default_host_name
        self.site = app.host_name_ssl_states.apply(
            lambda states: next(
                each.name for each in states or () if each.host_type == web.HostType.REPOSITORY and each.name
            )
        )
        self.register_outputs({"name": self.name, "id": self.id})
