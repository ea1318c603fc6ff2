"""The state store of Durable Functions: the app's storage account, or a Durable Task Scheduler."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pulumi
from pulumi_azure_native import durabletask

from components.azure.instance import ORCHESTRATIONS
from components.azure.roles import Role
from components.packaging import ROOT
from core.deployment.limits import LEDGER_RETENTION, PURGE
from core.deployment.variables import PURGE_SCHEDULE

SCHEDULER = "scheduler"  # the value of the orchestrator setting
CONNECTION = "DURABLE_TASK_SCHEDULER_CONNECTION_STRING"
HUB = "TASKHUB_NAME"
# A Flex app without a network has no fixed address; its identity decides, as for the storage accounts.
EVERYWHERE = "0.0.0.0/0"


class TaskScheduler(pulumi.ComponentResource):
    """A Durable Task Scheduler on the Consumption plan, with one task hub.

    It deletes the history of an orchestration when the ledger deletes the job's row.

    ``grant`` is what an app needs to use it: a role, and the scope on which it is granted.
    """

    grant: tuple[Role, pulumi.Output[str]]

    def __init__(
        self, name: str, resource_group: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("twinlens:azure:TaskScheduler", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        scheduler = durabletask.Scheduler(
            name,
            resource_group_name=resource_group,
            properties={
                "ip_allowlist": [EVERYWHERE],
                "sku": {"name": durabletask.SchedulerSkuName.CONSUMPTION},
            },
            opts=child,
        )
        hub = durabletask.TaskHub(
            f"{name}-hub", resource_group_name=resource_group, scheduler_name=scheduler.name, opts=child
        )
        durabletask.RetentionPolicy(
            f"{name}-retention",
            resource_group_name=resource_group,
            scheduler_name=scheduler.name,
            properties={"retention_policies": [{"retention_period_in_days": LEDGER_RETENTION.days}]},
            opts=child,
        )
        self.grant = (Role.DURABLE_TASK_CONTRIBUTOR, hub.id)
        self._endpoint, self._hub = scheduler.properties.endpoint, hub.name
        self.register_outputs({})

    def app_settings(self, client_id: pulumi.Input[str]) -> Mapping[str, pulumi.Input[str]]:
        """Return the settings by which an app with this identity finds its hub."""
        return {
            CONNECTION: pulumi.Output.concat(
                "Endpoint=", self._endpoint, ";Authentication=ManagedIdentity;ClientID=", client_id
            ),
            HUB: self._hub,
        }


def purging(orchestrator: str) -> dict[str, str]:
    """Return the app setting that schedules the deletion of old history, or none for a scheduler's policy."""
    return {} if orchestrator == SCHEDULER else {PURGE_SCHEDULE: PURGE}


def host_json(orchestrator: str, activities: int) -> str:
    """Return the text of the app's ``host.json`` for instances that run so many activities at once.

    It is part of the code, not of the app's settings, because the scale controller reads this file to find
    Durable's queues: https://github.com/Azure/azure-functions-host, FunctionsSyncManager.
    """
    host = json.loads((ROOT / "handlers" / "azure" / "host.json").read_text())
    durable = host["extensions"]["durableTask"]
    durable |= {
        "maxConcurrentActivityFunctions": activities,
        "maxConcurrentOrchestratorFunctions": ORCHESTRATIONS,
    }
    if orchestrator == SCHEDULER:
        durable |= {
            "hubName": f"%{HUB}%",
            "storageProvider": {"type": "azureManaged", "connectionStringName": CONNECTION},
        }
    return json.dumps(host, indent=2) + "\n"
