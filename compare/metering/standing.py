"""What a stack is billed for merely because it is there: what watches over it."""

from __future__ import annotations

from decimal import Decimal

from compare.billing import azure_alerts, cloudwatch
from compare.billing.metered import Metered
from compare.metering.stack import Stack
from core.workflow.model import Workflow

# As components.aws.alarms and components.azure.alerts make them; a test holds the numbers to the components.
FAILURE_METRICS = 3  # executions failed, timed out, aborted
LATENCY_METRICS = 1
DEAD_LETTER_QUEUES = 2  # of uploads, and of what looks after lost executions
DASHBOARDS = 1
LOG_ALERTS = 3
ALERTED_SERIES = 1 + 2 * 3  # dead letters; and of each of two storage accounts, three kinds of throttling


def standing(stack: Stack, workflow: Workflow) -> tuple[Metered, ...]:
    """Return a month's alarms and dashboards of a stack with this workflow, whatever is done with it."""
    if stack.cloud == "azure":
        return azure_alerts.alerts(log_rules=Decimal(LOG_ALERTS), time_series=Decimal(ALERTED_SERIES))
    functions = len(workflow.steps())
    watched = FAILURE_METRICS + LATENCY_METRICS + DEAD_LETTER_QUEUES + functions
    return cloudwatch.alarms(metrics=Decimal(watched), dashboards=Decimal(DASHBOARDS))
