"""Resource groups and template deployments."""

from __future__ import annotations

from collections.abc import Iterator

from local.providers.azure_native import emulator, template
from local.providers.azure_native.arm import GROUP, ArmResource, group_id, recall
from local.providers.azure_native.identity import require_roles_in_effect
from local.providers.check import Fault
from local.providers.wire import Properties

ONE_DEPLOY = "Microsoft.Web/sites/extensions"


class ResourceGroup(ArmResource):
    """``azure_native.resources.ResourceGroup``."""

    kind = "azure-native:resources:ResourceGroup"
    path = "{resourceGroupName}"

    def check(self, inputs: Properties) -> Iterator[Fault]:
        if not inputs.get("location") and not self.location:
            reason = "a resource group needs a location: the input, or the setting azure-native:location."
            yield Fault("location", reason)

    def identity(self, inputs: Properties) -> str:
        return group_id(inputs[GROUP])


class Deployment(ArmResource):
    """``azure_native.resources.Deployment`` of One Deploy resources, which deliver an app's code."""

    kind = "azure-native:resources:Deployment"
    path = "providers/Microsoft.Resources/deployments/{deploymentName}"

    def check(self, inputs: Properties) -> Iterator[Fault]:
        for each in inputs["properties"].get("template", {}).get("resources", []):
            if each.get("type") != ONE_DEPLOY or not str(each.get("name")).endswith("/onedeploy"):
                reason = (
                    f"the local stand-in deploys only {ONE_DEPLOY} named onedeploy, not {each.get('type')}."
                )
                yield Fault("properties.template", reason)

    def apply(self, identity: str, inputs: Properties) -> None:
        asked = inputs["properties"]["template"]
        known = template.parameters(asked.get("parameters", {}), inputs["properties"].get("parameters", {}))
        for each in asked["resources"]:
            app = each["name"].removesuffix("/onedeploy")
            site = recall(f"{group_id(inputs[GROUP])}/providers/Microsoft.Web/sites/{app}")
            for user in site["identity"]["userAssignedIdentities"].values():
                require_roles_in_effect(user["principalId"])
            package = {"package_uri": template.value(each["properties"]["packageUri"], known)}
            emulator.control("PUT", "apps", app, "/package", package)

    def outputs(self, identity: str, inputs: Properties) -> Properties:
        return {"properties": {**inputs["properties"], "provisioningState": "Succeeded"}}


RESOURCES = (ResourceGroup, Deployment)
