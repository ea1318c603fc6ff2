"""One page to look at: the counterpart of the AWS dashboard and its saved queries."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pulumi
from pulumi_azure_native import applicationinsights

from components.azure.roles import NAMESPACE
from core.workflow.model import Workflow


class Workbook(pulumi.ComponentResource):
    """A workbook of graphs and tables over what the app reports."""

    def __init__(
        self,
        name: str,
        resource_group: pulumi.Input[str],
        workspace: pulumi.Input[str],
        workflow: Workflow,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:azure:Workbook", name, None, opts)
        applicationinsights.Workbook(
            f"{name}-workbook",
            resource_group_name=resource_group,
            # A workbook's name has to be a GUID.
            resource_name_=pulumi.Output.from_input(workspace).apply(
                lambda scope: str(uuid.uuid5(NAMESPACE, f"workbook of {scope}"))
            ),
            kind=applicationinsights.WorkbookSharedTypeKind.SHARED,
            category="workbook",
            display_name=f"{name}: photos",
            source_id=workspace,
            serialized_data=json.dumps(
                {"version": "Notebook/1.0", "items": items(workflow)}, separators=(",", ":")
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def items(workflow: Workflow) -> list[dict[str, Any]]:
    """Return the workbook's graphs, each a query over the workspace."""
    steps = ", ".join(f'"{step.name}"' for step in workflow.steps())
    of_steps = f"AppRequests | where Name in ({steps})"
    graphs = {
        "Jobs": f'AppRequests | where Name == "{workflow.name}"'
        " | summarize jobs = dcount(OperationId) by bin(TimeGenerated, 5m), Success",
        "Time from start to end (ms)": "AppRequests"
        " | summarize began = min(TimeGenerated), ended = max(TimeGenerated) by OperationId"
        " | extend took = (ended - began) / 1ms"
        " | summarize percentiles(took, 50, 95, 99) by bin(began, 5m)",
        "Time of each step, p95 (ms)": of_steps
        + " | summarize percentile(DurationMs, 95) by bin(TimeGenerated, 5m), Name",
        "Running at the same time": of_steps
        + " | summarize instances = dcount(AppRoleInstance) by bin(TimeGenerated, 5m)",
        "Errors of the steps": of_steps
        + " | where Success == false | summarize count() by bin(TimeGenerated, 5m), Name",
        "Exceptions": "AppExceptions | project TimeGenerated, OperationName, OuterMessage"
        " | order by TimeGenerated desc | take 100",
    }
    return [
        {
            "type": 3,  # a query
            "name": title,
            "customWidth": "50",
            "content": {
                "version": "KqlItem/1.0",
                "title": title,
                "query": query,
                "size": 0,
                "timeContext": {"durationMs": 86_400_000},
                "queryType": 0,
                "resourceType": "microsoft.operationalinsights/workspaces",
                "visualization": "table" if title == "Exceptions" else "timechart",
            },
        }
        for title, query in graphs.items()
    ]
