"""App Service plans and function apps."""

from __future__ import annotations

from collections.abc import Iterator

from local.providers.azure_native import emulator
from local.providers.azure_native.arm import ArmResource, managed_identity, recall
from local.providers.check import Fault
from local.providers.wire import Properties

FLEX_MEMORY_MB = (512, 2048, 4096)
FLEX_INSTANCES = range(40, 1001)
# Settings that a Flex Consumption app must not have: learn.microsoft.com, "Flex Consumption plan
# deprecations".
FLEX_REFUSES_SETTINGS = (
    "ENABLE_ORYX_BUILD",
    "FUNCTIONS_EXTENSION_VERSION",
    "FUNCTIONS_WORKER_RUNTIME",
    "SCM_DO_BUILD_DURING_DEPLOYMENT",
    "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
    "WEBSITE_CONTENTSHARE",
    "WEBSITE_RUN_FROM_PACKAGE",
)
FLEX_REFUSES = ("alwaysOn", "functionAppScaleLimit", "linuxFxVersion", "netFrameworkVersion")


class AppServicePlan(ArmResource):
    """``azure_native.web.AppServicePlan``: only recorded."""

    kind = "azure-native:web:AppServicePlan"
    path = "providers/Microsoft.Web/serverfarms/{name}"

    def outputs(self, identity: str, inputs: Properties) -> Properties:
        return {"resourceGroup": inputs["resourceGroupName"], "status": "Ready"}


class WebApp(ArmResource):
    """``azure_native.web.WebApp``: a function app on the local host; One Deploy delivers its code."""

    kind = "azure-native:web:WebApp"
    path = "providers/Microsoft.Web/sites/{name}"
    fixed = frozenset({"kind", "serverFarmId"})
    completes = frozenset({"identity"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        flex = inputs.get("functionAppConfig")
        if not flex:
            yield Fault(
                "functionAppConfig",
                "the local stand-in serves only Flex Consumption apps, by this property.",
            )
            return
        site = inputs.get("siteConfig", {})
        for name in FLEX_REFUSES:
            if site.get(name) is not None:
                yield Fault(f"siteConfig.{name}", f"a Flex Consumption app does not take {name}.")
        for setting in site.get("appSettings", []):
            if setting.get("name") in FLEX_REFUSES_SETTINGS:
                reason = f"a Flex Consumption app does not take the setting {setting['name']}."
                yield Fault("siteConfig.appSettings", reason)
        scale = flex.get("scaleAndConcurrency", {})
        memory, instances = scale.get("instanceMemoryMB", 2048), scale.get("maximumInstanceCount", 100)
        place = "functionAppConfig.scaleAndConcurrency"
        if memory not in FLEX_MEMORY_MB:
            yield Fault(
                f"{place}.instanceMemoryMB", f"{memory} is not allowed; it is one of {FLEX_MEMORY_MB}."
            )
        if instances not in FLEX_INSTANCES:
            yield Fault(f"{place}.maximumInstanceCount", f"{instances} is not allowed; it is 40 to 1000.")

    def apply(self, identity: str, inputs: Properties) -> None:
        recall(inputs["serverFarmId"])
        settings = {
            each["name"]: each["value"] for each in inputs.get("siteConfig", {}).get("appSettings", [])
        }
        cors = inputs.get("siteConfig", {}).get("cors", {})
        asked = {"settings": settings, "origins": cors.get("allowedOrigins", [])}
        emulator.control("PUT", "apps", inputs["name"], "/settings", asked)

    def withdraw(self, identity: str, state: Properties) -> None:
        emulator.control("DELETE", "apps", state["name"])

    def outputs(self, identity: str, inputs: Properties) -> Properties:
        host = emulator.host_name(inputs["name"])
        block = {"identity": managed_identity(identity, inputs["identity"])} if "identity" in inputs else {}
        return {
            "defaultHostName": host,
            "enabledHostNames": [host],
            "hostNames": [host],
            "hostNameSslStates": [
                {"name": host, "hostType": "Standard"},
                {"name": emulator.deployment_site(inputs["name"]), "hostType": "Repository"},
            ],
            "repositorySiteName": inputs["name"],
            "resourceGroup": inputs["resourceGroupName"],
            "sku": "FlexConsumption",
            "state": "Running",
            **block,
        }


RESOURCES = (AppServicePlan, WebApp)
