"""Sum CloudWatch metrics over a time window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from compare.billing.reading import MB_PER_GB, MS_PER_SECOND
from compare.collecting.asking import Unreported, Window
from compare.collecting.aws.calls import translated
from compare.cost.exact import exact

DELAY = timedelta(minutes=5)
MINUTE = 60
MOST_POINTS = 1440  # in one answer: CloudWatch API reference, GetMetricStatistics
# AWS documents no unit for billed memory; each answer names its own.
MB_IN = {
    "Bytes": Decimal(1) / 1024**2,
    "Kilobytes": Decimal(1) / 1024,
    "Megabytes": Decimal(1),
    "Gigabytes": Decimal(1024),
}


@dataclass(frozen=True)
class Metric:
    """One metric of one resource."""

    namespace: str
    name: str
    dimension: str
    value: str


Points = Mapping[datetime, tuple[Decimal, str]]


def points(cloudwatch: Any, metric: Metric, statistic: str, window: Window) -> Points:
    """Return a metric's values with their units, by the minute, or coarser for a run of more than a day.

    CloudWatch stores no zeros: a metric without any value may not have been counted yet.

    Raises:
        Unreported: It is too early, or the metric could not be read.
    """
    window.settled(DELAY)
    whole = window.minutes()
    length = (whole.ended - whole.began).total_seconds()
    with translated("cloudwatch:GetMetricStatistics"):
        answer = cloudwatch.get_metric_statistics(
            Namespace=metric.namespace,
            MetricName=metric.name,
            Dimensions=[{"Name": metric.dimension, "Value": metric.value}],
            StartTime=whole.began,
            EndTime=whole.ended,
            Period=MINUTE * ceil(length / MINUTE / MOST_POINTS),
            Statistics=[statistic],
        )
    return {
        each["Timestamp"]: (Decimal(repr(each[statistic])), each["Unit"]) for each in answer["Datapoints"]
    }


def total(cloudwatch: Any, metrics: Sequence[Metric], window: Window) -> Decimal:
    """Return the sum of ``metrics`` over a time window.

    Raises:
        Unreported: None of the metrics has a value, or see :func:`points`.
    """
    values = [value for each in metrics for value, _ in points(cloudwatch, each, "Sum", window).values()]
    if not values:
        raise Unreported(f"{metrics[0].name} has no values for the time of the run.", again=True)
    return sum(values, Decimal(0))


def express_gb_seconds(cloudwatch: Any, machine: str, window: Window) -> Decimal:
    """Return the GB-seconds billed for Express executions: each minute's billed time x mean billed memory.

    The metrics do not report both for the same execution. The result is exact if all executions of a minute
    were billed the same memory, which is the case for this workflow.
    Source: Step Functions Developer Guide, "Execution metrics for Express Workflows".

    Raises:
        Unreported: See :func:`points`; or the two metrics do not match, or have unknown units.
    """

    def look(name: str, statistic: str) -> Points:
        metric = Metric("AWS/States", name, "StateMachineArn", machine)
        return points(cloudwatch, metric, statistic, window)

    billed = look("ExpressExecutionBilledDuration", "Sum")
    memory = look("ExpressExecutionBilledMemory", "Average")
    if not billed or not memory:
        raise Unreported("There is no billed time or no billed memory for the time of the run.", again=True)
    units = {unit for _, unit in billed.values()}, {unit for _, unit in memory.values()}
    if units[0] != {"Milliseconds"} or not units[1] <= MB_IN.keys():
        raise Unreported(f"Billed time is in {_listed(units[0])}, billed memory in {_listed(units[1])}.")
    if billed.keys() != memory.keys():
        raise Unreported("CloudWatch has billed time and billed memory of different minutes.", again=True)
    with exact():
        return sum(
            (
                ms / MS_PER_SECOND * memory[at][0] * MB_IN[memory[at][1]] / MB_PER_GB
                for at, (ms, _) in billed.items()
            ),
            Decimal(0),
        )


def _listed(units: set[str]) -> str:
    return ", ".join(sorted(units))
