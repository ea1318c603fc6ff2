"""The standing usage of a deployed stack without jobs: monitoring, a firewall, and the base fee of a CDN."""

from __future__ import annotations

from decimal import Decimal

from compare.billing import azure_alerts, azure_front_door, cloudwatch, waf
from compare.billing.reading import MeterReading
from compare.metering.durable_function import DURABLE
from compare.metering.stack import Stack
from core.workflow.model import Workflow

# As created by components.aws.alarms and components.azure.alerts; a test compares the numbers.
STANDARD = "standard"
FAILURE_METRICS = (
    2  # executions failed, timed out; of the standard machine, and of what hands jobs over to it
)
LATENCY_METRICS = 1
DEAD_LETTER_QUEUES = 3  # of uploads, of notices of lost executions, and of the reconciler
DASHBOARDS = 1
LOG_ALERTS = 3
WAF_RULES = 4  # one on the rate, and AWS's groups
ALERTED_SERIES = 1 + 2 * 4  # dead letters; and for each of two storage accounts, four kinds of throttling


def on_aws(stack: Stack, workflow: Workflow) -> tuple[MeterReading, ...]:
    """Return a month's alarms and dashboards: each function of the workflow has an alarm on throttling.

    Each rule of a firewall costs a fee.
    """
    machines = 1 if stack.orchestrator == STANDARD else 2
    watched = FAILURE_METRICS * machines + LATENCY_METRICS + DEAD_LETTER_QUEUES + len(workflow.steps())
    if stack.orchestrator == DURABLE:
        watched += 2  # throttling of the durable function, and a queue of its own lost executions
    return (
        *cloudwatch.alarms(metrics=Decimal(watched), dashboards=Decimal(DASHBOARDS)),
        *(waf.web_acl(rules=Decimal(WAF_RULES)) if stack.waf else ()),
    )


def on_azure(stack: Stack, workflow: Workflow) -> tuple[MeterReading, ...]:
    """Return a month's alerts, the same for every workflow since one app has all functions.

    Front Door has a base fee.
    """
    return (
        *azure_alerts.alerts(log_rules=Decimal(LOG_ALERTS), time_series=Decimal(ALERTED_SERIES)),
        *(azure_front_door.profile() if stack.cdn else ()),
    )
