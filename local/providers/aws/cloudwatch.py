"""CloudWatch alarms and dashboards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local.providers.aws.cloud import account, client, region
from local.providers.aws.resource import Setting, chosen, document, json_faults, pascal
from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.wire import Properties

ALARM = {
    "actionsEnabled": "ActionsEnabled",
    "alarmActions": "AlarmActions",
    "alarmDescription": "AlarmDescription",
    "comparisonOperator": "ComparisonOperator",
    "datapointsToAlarm": "DatapointsToAlarm",
    "evaluationPeriods": "EvaluationPeriods",
    "extendedStatistic": "ExtendedStatistic",
    "insufficientDataActions": "InsufficientDataActions",
    "metricName": "MetricName",
    "name": "AlarmName",
    "namespace": "Namespace",
    "okActions": "OKActions",
    "period": "Period",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "thresholdMetricId": "ThresholdMetricId",
    "treatMissingData": "TreatMissingData",
    "unit": "Unit",
}


class MetricAlarm(Setting):
    """``aws.cloudwatch.MetricAlarm``."""

    kind = "aws:cloudwatch/metricAlarm:MetricAlarm"
    auto_name = AutoName(max_length=255)
    replace_on = frozenset({"name", "region"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        for name in ("comparisonOperator", "evaluationPeriods"):
            if inputs.get(name) is None:
                yield Fault(name, f"the required property {name!r} is missing.")
        if bool(inputs.get("metricName")) == bool(inputs.get("metricQueries")):
            yield Fault("metricName", "an alarm needs one of metricName and metricQueries.")

    def put(self, inputs: Properties) -> str:
        client("cloudwatch").put_metric_alarm(
            **chosen(inputs, ALARM),
            **({"Dimensions": _dimensions(inputs)} if inputs.get("dimensions") else {}),
            **(
                {"Metrics": [_query(each) for each in inputs["metricQueries"]]}
                if "metricQueries" in inputs
                else {}
            ),
        )
        return str(inputs["name"])

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        name = self.put(inputs)
        return name, {"arn": f"arn:aws:cloudwatch:{region()}:{account()}:alarm:{name}"}

    def find(self, identity: str, state: Properties) -> object:
        return client("cloudwatch").describe_alarms(AlarmNames=[identity])["MetricAlarms"]

    def remove(self, identity: str, state: Properties) -> None:
        client("cloudwatch").delete_alarms(AlarmNames=[identity])


class Dashboard(Setting):
    """``aws.cloudwatch.Dashboard``."""

    kind = "aws:cloudwatch/dashboard:Dashboard"
    replace_on = frozenset({"dashboardName", "region"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        yield from json_faults(inputs, "dashboardBody")

    def put(self, inputs: Properties) -> str:
        name, body = inputs["dashboardName"], document(inputs["dashboardBody"])
        client("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=body)
        return str(name)

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        name = self.put(inputs)
        return name, {"dashboardArn": f"arn:aws:cloudwatch::{account()}:dashboard/{name}"}

    def find(self, identity: str, state: Properties) -> object:
        return client("cloudwatch").get_dashboard(DashboardName=identity)

    def remove(self, identity: str, state: Properties) -> None:
        client("cloudwatch").delete_dashboards(DashboardNames=[identity])


def _dimensions(inputs: Properties) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in inputs.get("dimensions", {}).items()]


def _query(query: Properties) -> dict[str, Any]:
    """Convert a metric query: the API has a separate block for the metric."""
    made: dict[str, Any] = pascal({name: query[name] for name in query if name != "metric"})
    if "metric" in query:
        metric = query["metric"]
        named = chosen(metric, {"metricName": "MetricName", "namespace": "Namespace"})
        made["MetricStat"] = {
            "Metric": {**named, "Dimensions": _dimensions(metric)},
            **chosen(metric, {"period": "Period", "stat": "Stat", "unit": "Unit"}),
        }
    return made


RESOURCES = (MetricAlarm, Dashboard)
