"""Azure's two interfaces for what it counted of a run, in the forms of its REST reference."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from compare.collecting.azure.rest import Rest

APP = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/app"
ACCOUNTS = {
    name: f"/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/{name}"
    for name in ("photos", "state")
}
TOPIC = "/subscriptions/s/resourceGroups/g/providers/Microsoft.EventGrid/systemTopics/topic"
WORKSPACE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/logs"


@dataclass
class Azure:
    """What Azure counted: by resource and metric, by service and operation, and the tables' rows.

    ``asked`` keeps every request.
    """

    metrics: dict[tuple[str, str], list[float | None]] = field(default_factory=dict)
    operations: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    tables: dict[str, tuple[list[str], list[list[Any]]]] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)

    def answer(self, path: str, query: dict[str, str], body: Any) -> Any:
        """Return the document that Azure would."""
        if body is not None:
            table = next(table for words, table in self.tables.items() if words in body["query"])
            columns = [{"name": name, "type": "dynamic"} for name in table[0]]
            told = {"tables": [{"name": "PrimaryResult", "columns": columns, "rows": table[1]}]}
            return {**told, "error": self.error} if self.error else told
        resource = path.removesuffix("/providers/Microsoft.Insights/metrics")
        if "$filter" in query:
            series = [
                {"metadatavalues": [{"name": {"value": "apiname"}, "value": name}], "data": data(values)}
                for name, values in self.operations.get(resource, {}).items()
            ]
            value = [metric("Transactions", series[: int(query.get("top", 10))])]
        else:
            value = [
                metric(name, [{"metadatavalues": [], "data": data(self.metrics[resource, name])}])
                for name in query["metricnames"].split(",")
                if (resource, name) in self.metrics
            ]
        return {"cost": 3, "timespan": query["timespan"], "interval": "PT1M", "value": value}


def metric(name: str, series: list[Any]) -> dict[str, Any]:
    """Return one metric as the REST reference shows it."""
    return {
        "id": f"/x/{name}",
        "type": "Microsoft.Insights/metrics",
        "name": {"value": name, "localizedValue": name},
        "unit": "Count",
        "timeseries": series,
        "errorCode": "Success",
    }


def data(values: list[float | None]) -> list[dict[str, Any]]:
    """Return points a minute apart; one without a value has none."""
    return [
        {"timeStamp": f"2026-01-05T12:{minute:02}:00Z"} | ({} if value is None else {"total": value})
        for minute, value in enumerate(values)
    ]


@pytest.fixture
def azure() -> Azure:
    """A run's worth of what Azure counted."""
    return Azure(
        metrics={
            (APP, "OnDemandFunctionExecutionUnits"): [None, 2_048_000.0, 4_096_000.0, 0.0],
            (APP, "OnDemandFunctionExecutionCount"): [None, 16.0, 17.0],
            (TOPIC, "PublishSuccessCount"): [2.0],
            (TOPIC, "DeliverySuccessCount"): [2.0],
            (TOPIC, "DeliveryAttemptFailCount"): [0.0],
        },
        operations={
            f"{ACCOUNTS['photos']}/blobServices/default": {
                "PutBlob": [20.0], "GetBlob": [10.0, 2.0], "DeleteBlob": [5.0], "GetBlobProperties": [3.0],
            },
            f"{ACCOUNTS['state']}/blobServices/default": {"RenewBlobLease": [6.0], "ListBlobs": [1.0]},
            f"{ACCOUNTS['photos']}/queueServices/default": {
                f"Operation{number}": [1.0] for number in range(12)
            },
            f"{ACCOUNTS['state']}/tableServices/default": {"QueryEntities": [40.0], "EntityGroup": [20.0]},
        },
        tables={
            "AppRequests": (["Name", "requests", "duration"], [["claim", 2, 61.5], ["validate", 2, 310.25]]),
            "_BilledSize": (["bytes", "records"], [[64_000.0, 33]]),
        },
    )  # fmt: skip


class MemoryRest(Rest):
    """Asks Azure without a connection."""

    def __init__(self, azure: Azure) -> None:
        super().__init__("memory", None, "Monitoring Reader")
        self._azure = azure

    def get(self, path: str, parameters: dict[str, str]) -> dict[str, Any]:
        """See :meth:`compare.collecting.azure.rest.Rest.get`."""
        return self._ask(path, parameters, None)

    def post(self, path: str, document: dict[str, Any]) -> dict[str, Any]:
        """See :meth:`compare.collecting.azure.rest.Rest.post`."""
        return self._ask(path, {}, document)

    def _ask(self, path: str, query: dict[str, str], body: Any) -> dict[str, Any]:
        self._azure.asked.append((path, query, body))
        answered: dict[str, Any] = self._azure.answer(path, query, body)
        return answered
