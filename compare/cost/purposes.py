"""The purposes of meters, in words that both clouds share."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from compare.cost.bill import Line
from compare.cost.exact import exact, settled

# The purpose of a meter, by the prefix of its name.
BY_PREFIX = {
    "aws.lambda": "functions",
    "aws.fargate": "functions",
    "aws.apigateway": "functions",
    "azure.functions": "functions",
    "azure.containerapps": "functions",
    "aws.stepfunctions": "workflow",
    "azure.durable": "workflow",
    "aws.s3": "photos",
    "azure.blob": "photos",
    "aws.cloudfront": "showing results",
    "aws.waf": "showing results",
    "aws.transfer": "showing results",
    "azure.frontdoor": "showing results",
    "azure.transfer": "showing results",
    "aws.cloudwatch": "logs and alarms",
    "aws.xray": "logs and alarms",
    "azure.monitor": "logs and alarms",
}
OTHER = "messages and tables"
PURPOSES = (*dict.fromkeys(BY_PREFIX.values()), OTHER)


def purpose(meter: str) -> str:
    """Return what a meter is paid for: "functions", "workflow", ..."""
    return BY_PREFIX.get(".".join(meter.split(".")[:2]), OTHER)


def by_purpose(lines: Iterable[Line]) -> dict[str, Decimal]:
    """Add up a bill's lines by purpose."""
    found = dict.fromkeys(PURPOSES, Decimal(0))
    with exact():
        for line in lines:
            found[purpose(line.meter.name)] += line.amount
        return {name: settled(amount) for name, amount in found.items()}
