"""The destination of logs, traces and metrics."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import applicationinsights, operationalinsights


class Telemetry(pulumi.ComponentResource):
    """Application Insights on a Log Analytics workspace with the configured retention."""

    workspace: operationalinsights.Workspace
    insights: applicationinsights.Component

    def __init__(
        self,
        name: str,
        resource_group: pulumi.Input[str],
        retention_days: int,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:azure:Telemetry", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.workspace = operationalinsights.Workspace(
            f"{name}-logs",
            resource_group_name=resource_group,
            sku={"name": operationalinsights.WorkspaceSkuNameEnum.PER_GB2018},
            retention_in_days=retention_days,
            opts=child,
        )
        self.insights = applicationinsights.Component(
            f"{name}-insights",
            resource_group_name=resource_group,
            kind="web",
            application_type=applicationinsights.ApplicationType.WEB,
            ingestion_mode=applicationinsights.IngestionMode.LOG_ANALYTICS,
            workspace_resource_id=self.workspace.id,
            disable_local_auth=True,
            opts=child,
        )
        self.register_outputs({})
