"""Azure's two interfaces on this machine, with faults on demand."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from azure.core.pipeline.policies import HeadersPolicy

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

    ``faults`` are taken one an answer: a status, "half" or "nothing"; ``asked`` keeps every request.
    """

    metrics: dict[tuple[str, str], list[float | None]] = field(default_factory=dict)
    operations: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    tables: dict[str, tuple[list[str], list[list[Any]]]] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    faults: list[Any] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    url: str = ""

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


def handler(azure: Azure) -> type[BaseHTTPRequestHandler]:
    """Return a request handler that answers as Azure."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            azure.asked.append((parts.path, query, body))
            fault = azure.faults.pop(0) if azure.faults else None
            if fault == "nothing":
                self.close_connection = True
                return
            status = fault if isinstance(fault, int) else 200
            error = {"error": {"code": "Oops", "message": "Not today."}}
            document = azure.answer(parts.path, query, body) if status == 200 else error
            text = json.dumps(document).encode()
            if fault == "half":
                text = text[: len(text) // 2]
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "0")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


@pytest.fixture
def azure() -> Iterator[Azure]:
    """A run's worth of what Azure counted."""
    vendor = Azure(
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
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(vendor))
    vendor.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield vendor
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def rest(azure: Azure) -> Rest:
    """Reach it, with short waits between tries."""
    tries = {"retry_total": 2, "retry_backoff_factor": 0}
    return Rest(azure.url, HeadersPolicy({"Authorization": "Bearer x"}), "Monitoring Reader", tries)
