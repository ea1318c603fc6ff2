"""What an estimate bills for a stack that only stands there is what the program makes."""

from collections.abc import Callable
from decimal import Decimal
from itertools import product

import pytest

from compare.metering import Stack
from compare.metering.standing import standing
from core.workflow.granularity import GRANULARITIES


def counted(cloud: str, orchestrator: str, granularity: str) -> dict[str, Decimal]:
    stack = Stack(cloud, orchestrator, granularity, "x86_64", 2048, "anywhere")
    return {each.meter: each.quantity for each in standing(stack)}


@pytest.mark.parametrize(("orchestrator", "granularity"), product(("standard", "express"), GRANULARITIES))
def test_alarms_and_dashboards_on_aws(run: Callable, orchestrator: str, granularity: str):
    graph = run({"cloud": "aws", "orchestrator": orchestrator, "granularity": granularity})
    metrics = [
        query
        for alarm in graph.of("MetricAlarm")
        for query in alarm.inputs["metricQueries"]
        if "metric" in query
    ]
    assert counted("aws", orchestrator, granularity) == {
        "aws.cloudwatch.alarms": len(metrics),
        "aws.cloudwatch.dashboards": len(graph.of("Dashboard")),
    }


@pytest.mark.parametrize(("orchestrator", "granularity"), product(("storage", "scheduler"), GRANULARITIES))
def test_alerts_on_azure(run: Callable, orchestrator: str, granularity: str):
    graph = run({"cloud": "azure", "orchestrator": orchestrator, "granularity": granularity})
    series = 0
    for alert in graph.of("MetricAlert"):
        for condition in alert.inputs["criteria"]["allOf"]:
            series += max(1, sum(len(each["values"]) for each in condition.get("dimensions", ())))
    rules = graph.of("ScheduledQueryRule")
    assert {rule.inputs["evaluationFrequency"] for rule in rules} == {"PT5M"}  # the price is for this pace
    assert counted("azure", orchestrator, granularity) == {
        "azure.monitor.log_alerts": len(rules),
        "azure.monitor.metric_alerts": series,
    }
