"""Sum Azure Monitor's metrics of a resource over a time window.

Source: Azure REST API reference, "Metrics - List", 2023-10-01.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from compare.collecting.asking import Unreported, Window
from compare.collecting.azure.rest import Rest

VERSION = "2023-10-01"
DELAY = timedelta(minutes=10)
# Without it, at most ten values of a dimension are returned.
MOST_SERIES = "1000"


def total(arm: Rest, resource: str, metrics: Sequence[str], window: Window) -> Decimal:
    """Return the sum of a resource's metrics over a time window.

    Raises:
        Unreported: It is too early, nothing was counted, or the metrics could not be read completely.
    """
    answer = _ask(arm, resource, {"metricnames": ",".join(metrics)}, window)
    by_name = {each["name"]["value"]: each for each in answer}
    if missing := [name for name in metrics if name not in by_name]:
        raise Unreported(f"Azure Monitor has no {', '.join(missing)} of {resource}.")
    added = sum((_sum(series) for each in by_name.values() for series in each["timeseries"]), Decimal(0))
    return _more_than_nothing(added, ", ".join(metrics))


def by_operation(arm: Rest, resource: str, window: Window) -> Mapping[str, Decimal]:
    """Return the number of a storage service's transactions by operation.

    Raises:
        Unreported: See :func:`total`.
    """
    parameters = {"metricnames": "Transactions", "$filter": "ApiName eq '*'", "top": MOST_SERIES}
    counted: dict[str, Decimal] = {}
    for metric in _ask(arm, resource, parameters, window):
        for series in metric["timeseries"]:
            (name,) = (each["value"] for each in series["metadatavalues"])
            counted[name] = counted.get(name, Decimal(0)) + _sum(series)
    return counted


def _ask(
    arm: Rest, resource: str, parameters: Mapping[str, str], window: Window
) -> Sequence[Mapping[str, Any]]:
    window.settled(DELAY)
    whole = window.minutes()
    answer = arm.get(
        f"{resource}/providers/Microsoft.Insights/metrics",
        {
            "api-version": VERSION,
            "aggregation": "Total",
            "interval": "PT1M",
            "timespan": f"{moment(whole.began)}/{moment(whole.ended)}",
            **parameters,
        },
    )
    metrics: Sequence[Mapping[str, Any]] = answer["value"]
    for metric in metrics:
        if metric.get("errorCode", "Success") != "Success":
            reason = metric.get("errorMessage", metric["errorCode"])
            raise Unreported(f"{metric['name']['value']} could not be read: {reason}", again=True)
    return metrics


def _sum(series: Mapping[str, Any]) -> Decimal:
    return sum((Decimal(point.get("total") or 0) for point in series["data"]), Decimal(0))


def _more_than_nothing(added: Decimal, what: str) -> Decimal:
    """Reject a zero: every run causes some usage, so a zero means that nothing was counted yet."""
    if not added:
        raise Unreported(f"No {what} was counted for the time of the run, at least not yet.", again=True)
    return added


def moment(at: datetime) -> str:
    """Format a time for an Azure time span."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
