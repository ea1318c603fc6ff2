"""Query the workspace of Application Insights: requests, and the billed volume.

Sources: Microsoft Learn, "Azure Monitor Log Analytics API" (resource queries, and partial errors),
"AppRequests", and "Analyze usage in a Log Analytics workspace" (``_BilledSize``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from compare.collecting.asking import Unreported, Window
from compare.collecting.azure.metrics import moment
from compare.collecting.azure.rest import Rest
from compare.collecting.billed import FunctionFigures

DELAY = timedelta(minutes=10)
REQUESTS = "AppRequests | summarize requests = sum(ItemCount), duration = sum(DurationMs * ItemCount) by Name"
VOLUME = (
    "find where _IsBillable == true project _BilledSize"
    " | summarize bytes = sum(_BilledSize), records = count()"
)


def functions(logs: Rest, workspace: str, window: Window) -> list[FunctionFigures]:
    """Return how often each function ran, and for how long.

    Raises:
        Unreported: It is too early, there is no data, or it could not be read completely.
    """
    return [
        FunctionFigures(step=row["Name"], requests=int(row["requests"]), duration_ms=Decimal(row["duration"]))
        for row in rows(logs, workspace, f"{REQUESTS} | order by Name asc", window)
    ]


def volume(logs: Rest, workspace: str, window: Window) -> Decimal:
    """Return the billed bytes of all tables; see :func:`functions`."""
    (row,) = rows(logs, workspace, VOLUME, window)
    if not row["records"]:
        raise Unreported("The workspace has no data for that time, at least not yet.", again=True)
    return Decimal(row["bytes"])


def rows(logs: Rest, workspace: str, query: str, window: Window) -> Sequence[Mapping[str, Any]]:
    """Return a query's rows by column name; see :func:`functions`."""
    window.settled(DELAY)
    answer = logs.post(
        f"/v1{workspace}/query",
        {"query": query, "timespan": f"{moment(window.began)}/{moment(window.ended)}"},
    )
    if error := answer.get("error"):
        raise Unreported(f"Only a part could be read: {error.get('message', error)}", again=True)
    (table,) = (each for each in answer["tables"] if each["name"] == "PrimaryResult")
    names = [column["name"] for column in table["columns"]]
    found = [dict(zip(names, row, strict=True)) for row in table["rows"]]
    if not found:
        raise Unreported("The workspace has no data for that time, at least not yet.", again=True)
    return found
