"""The workbook: the counterpart of the AWS dashboard and its saved queries."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_azure_native import applicationinsights

from components.azure import queries
from components.azure.roles import NAMESPACE
from core.workflow.model import Workflow

DAY_MS = 86_400_000


@dataclass(frozen=True)
class Counted:
    """A metric of resources of one type; ``metric`` is its name without its category."""

    resource_type: str
    metric: str
    resources: Sequence[pulumi.Input[str]]
    split_by: str | None = None


class Workbook(pulumi.ComponentResource):
    """A workbook of graphs and tables over the app's telemetry and the platform's metrics.

    ``metrics`` are the graphs of platform metrics, by title.
    """

    def __init__(
        self,
        name: str,
        resource_group: pulumi.Input[str],
        workspace: pulumi.Input[str],
        workflow: Workflow,
        metrics: Mapping[str, Counted],
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
            serialized_data=pulumi.Output.json_dumps(
                {
                    "version": "Notebook/1.0",
                    "items": [
                        *items(workflow),
                        *(metric_item(title, each) for title, each in metrics.items()),
                    ],
                },
                separators=(",", ":"),
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def counted(topic: pulumi.Input[str], accounts: Sequence[pulumi.Input[str]]) -> dict[str, Counted]:
    """Return the graphs of the metrics of Event Grid and the storage accounts."""
    return {
        "Throttled calls": Counted(
            "microsoft.storage/storageaccounts",
            "Transaction-Transactions",
            accounts,
            split_by="ResponseType",
        ),
        "Undelivered events": Counted("microsoft.eventgrid/systemtopics", "-DeadLetteredCount", [topic]),
    }


def metric_item(title: str, graph: Counted) -> dict[str, Any]:
    """Return a graph of a metric's sum over a day."""
    kind = graph.resource_type
    metric = {
        "namespace": kind,
        "metric": f"{kind}-{graph.metric}",
        "aggregation": 1,  # the sum
        "splitBy": graph.split_by,
    }
    return {
        "type": 10,  # metrics
        "name": title,
        "customWidth": "50",
        "content": {
            "version": "MetricsItem/2.0",
            "title": title,
            "size": 0,
            "chartType": 2,  # lines
            "resourceType": kind,
            "metricScope": 0,
            "resourceIds": list(graph.resources),
            "timeContext": {"durationMs": DAY_MS},
            "metrics": [metric],
        },
    }


def items(workflow: Workflow) -> list[dict[str, Any]]:
    """Return the workbook's graphs, each a query over the workspace."""
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
                "timeContext": {"durationMs": DAY_MS},
                "queryType": 0,
                "resourceType": "microsoft.operationalinsights/workspaces",
                "visualization": "table" if title == "Exceptions" else "timechart",
            },
        }
        for title, query in queries.graphs(workflow).items()
    ]
