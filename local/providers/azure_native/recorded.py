"""Types without an emulator: they are checked against the SDK, recorded, and given realistic outputs."""

from __future__ import annotations

import uuid
from functools import partial

from local.providers.azure_native.arm import NAMESPACE, ArmResource
from local.providers.wire import Properties

# Telemetry is discarded: nothing listens on port 9, the port of the discard service.
NOWHERE = "http://127.0.0.1:9/"


class Workspace(ArmResource):
    """``azure_native.operationalinsights.Workspace``."""

    kind = "azure-native:operationalinsights:Workspace"
    path = "providers/Microsoft.OperationalInsights/workspaces/{workspaceName}"

    def outputs(self, identity: str, inputs: Properties) -> Properties:
        return {"customerId": str(uuid.uuid5(NAMESPACE, f"workspace {identity}"))}


class Component(ArmResource):
    """``azure_native.applicationinsights.Component``."""

    kind = "azure-native:applicationinsights:Component"
    path = "providers/Microsoft.Insights/components/{resourceName}"

    def outputs(self, identity: str, inputs: Properties) -> Properties:
        key = str(uuid.uuid5(NAMESPACE, f"component {identity}"))
        return {
            "appId": key,
            "applicationId": identity.rsplit("/", 1)[-1],
            "connectionString": f"InstrumentationKey={key};IngestionEndpoint={NOWHERE}",
            "instrumentationKey": key,
        }


class Scheduler(ArmResource):
    """``azure_native.durabletask.Scheduler``."""

    kind = "azure-native:durabletask:Scheduler"
    path = "providers/Microsoft.DurableTask/schedulers/{schedulerName}"

    def outputs(self, identity: str, inputs: Properties) -> Properties:
        return {
            "properties": {
                **inputs.get("properties", {}),
                "endpoint": NOWHERE,
                "provisioningState": "Succeeded",
            }
        }


class Budget(ArmResource):
    """``azure_native.consumption.Budget``, within any scope."""

    kind = "azure-native:consumption:Budget"
    path = "providers/Microsoft.Consumption/budgets/{budgetName}"
    fixed = frozenset({"scope"})

    def identity(self, inputs: Properties) -> str:
        return f"{inputs['scope']}/{self.path.format_map(inputs)}"


class DiagnosticSetting(ArmResource):
    """``azure_native.monitor.DiagnosticSetting``, of any resource."""

    kind = "azure-native:monitor:DiagnosticSetting"
    path = "providers/Microsoft.Insights/diagnosticSettings/{name}"
    fixed = frozenset({"resourceUri"})

    def identity(self, inputs: Properties) -> str:
        return f"{inputs['resourceUri']}/{self.path.format_map(inputs)}"


RESOURCES = (
    Budget,
    DiagnosticSetting,
    Workspace,
    Component,
    Scheduler,
    partial(
        ArmResource,
        "azure-native:durabletask:TaskHub",
        "providers/Microsoft.DurableTask/schedulers/{schedulerName}/taskHubs/{taskHubName}",
    ),
    partial(
        ArmResource,
        "azure-native:durabletask:RetentionPolicy",
        "providers/Microsoft.DurableTask/schedulers/{schedulerName}/retentionPolicies/default",
    ),
    *(
        partial(
            ArmResource,
            f"azure-native:web:WebApp{policy.capitalize()}Allowed",
            f"providers/Microsoft.Web/sites/{{name}}/basicPublishingCredentialsPolicies/{policy}",
        )
        for policy in ("ftp", "scm")
    ),
    partial(
        ArmResource,
        "azure-native:monitor:ActionGroup",
        "providers/Microsoft.Insights/actionGroups/{actionGroupName}",
    ),
    partial(
        ArmResource,
        "azure-native:monitor:MetricAlert",
        "providers/Microsoft.Insights/metricAlerts/{ruleName}",
    ),
    partial(
        ArmResource,
        "azure-native:monitor:ScheduledQueryRule",
        "providers/Microsoft.Insights/scheduledQueryRules/{ruleName}",
    ),
    partial(
        ArmResource,
        "azure-native:applicationinsights:Workbook",
        "providers/Microsoft.Insights/workbooks/{resourceName}",
    ),
)
