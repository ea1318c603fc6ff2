"""The alerts: the counterparts of the AWS alarms, with the same names.

Where Azure has no single metric for an AWS alarm, there is one alert for each part, named after the alarm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import monitor

from components.azure import queries

WINDOW = "PT5M"
# learn.microsoft.com, "Azure Blob Storage monitoring data reference", the dimension ResponseType.
THROTTLED = (
    "ClientThrottlingError",
    "ClientAccountBandwidthThrottlingError",
    "ClientAccountRequestThrottlingError",
    "ServerBusyError",
)


@dataclass(frozen=True)
class LogAlert:
    """Fires when the query over the workspace returns a row."""

    description: str
    query: str


@dataclass(frozen=True)
class MetricAlert:
    """Fires when the metric of one resource, in these dimensions, is above zero."""

    description: str
    resource: pulumi.Input[str]
    metric: str
    dimensions: Mapping[str, tuple[str, ...]]


def log_alerts(slow_seconds: int) -> dict[str, LogAlert]:
    """Return the alerts on what the app reports: docs/operations.md says what to do about each."""
    return {
        "failed": LogAlert("Jobs failed for reasons other than their photos.", queries.failed()),
        "undelivered-poison": LogAlert(
            "Messages about uploads could not be processed and are in the poison queue.", queries.poisoned()
        ),
        "slow": LogAlert(
            f"One job in twenty takes longer than {slow_seconds} seconds.", queries.slow(slow_seconds)
        ),
    }


def metric_alerts(
    system_topic: pulumi.Input[str], accounts: Mapping[str, pulumi.Input[str]]
) -> dict[str, MetricAlert]:
    """Return the alerts on the platform's metrics."""
    return {
        "undelivered": MetricAlert(
            "Events could not be delivered and are in the dead-letter container.",
            system_topic,
            "DeadLetteredCount",
            {},
        ),
        **{
            f"throttled-{name}": MetricAlert(
                "Requests were throttled: the storage account received too many at once.",
                account,
                "Transactions",
                {"ResponseType": THROTTLED},
            )
            for name, account in accounts.items()
        },
    }


class Alerts(pulumi.ComponentResource):
    """The alerts and their action group, which notifies ``email`` if it is set."""

    def __init__(
        self,
        name: str,
        resource_group: pulumi.Input[str],
        workspace: pulumi.Input[str],
        logs: Mapping[str, LogAlert],
        metrics: Mapping[str, MetricAlert],
        email: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:azure:Alerts", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        group = monitor.ActionGroup(
            f"{name}-alerts",
            resource_group_name=resource_group,
            location="Global",
            enabled=True,
            group_short_name="twinlens",  # what a text message begins with; 12 characters at most
            email_receivers=[{"name": "operator", "email_address": email, "use_common_alert_schema": True}]
            if email
            else [],
            opts=child,
        )
        for what, log in logs.items():
            monitor.ScheduledQueryRule(
                f"{name}-{what}",
                resource_group_name=resource_group,
                kind="LogAlert",
                description=log.description,
                enabled=True,
                severity=2,
                scopes=[workspace],
                window_size=WINDOW,
                evaluation_frequency=WINDOW,
                # The app's tables exist only once it has reported something.
                skip_query_validation=True,
                criteria={
                    "all_of": [
                        {
                            "query": log.query,
                            "time_aggregation": monitor.TimeAggregation.COUNT,
                            "operator": "GreaterThan",
                            "threshold": 0,
                        }
                    ]
                },
                actions={"action_groups": [group.id]},
                opts=child,
            )
        for what, metric in metrics.items():
            monitor.MetricAlert(
                f"{name}-{what}",
                resource_group_name=resource_group,
                location="global",
                description=metric.description,
                enabled=True,
                severity=2,
                scopes=[metric.resource],
                window_size=WINDOW,
                evaluation_frequency=WINDOW,
                criteria=monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs(
                    odata_type="Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
                    all_of=[
                        monitor.MetricCriteriaArgs(
                            criterion_type="StaticThresholdCriterion",
                            name=what,
                            metric_name=metric.metric,
                            time_aggregation=monitor.AggregationTypeEnum.TOTAL,
                            operator=monitor.Operator.GREATER_THAN,
                            threshold=0,
                            dimensions=[
                                monitor.MetricDimensionArgs(
                                    name=dimension, operator="Include", values=list(values)
                                )
                                for dimension, values in metric.dimensions.items()
                            ],
                        )
                    ],
                ),
                actions=[{"action_group_id": group.id}],
                opts=child,
            )
        self.register_outputs({})
