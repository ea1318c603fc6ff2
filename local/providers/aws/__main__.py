"""Run the AWS stand-in as a Pulumi plugin."""

from __future__ import annotations

from importlib.metadata import version

from local.providers.aws import (
    apigatewayv2,
    budgets,
    cloudfront,
    cloudwatch,
    dynamodb,
    events,
    functions,
    iam,
    lambda_,
    lambda_access,
    log_delivery,
    logs,
    s3,
    scheduler,
    sns,
    sqs,
    stepfunctions,
    wafv2,
)
from local.providers.provider import StandIn
from local.providers.server import serve

SERVICES = (
    apigatewayv2,
    budgets,
    cloudfront,
    cloudwatch,
    dynamodb,
    events,
    iam,
    lambda_,
    lambda_access,
    log_delivery,
    logs,
    s3,
    scheduler,
    sns,
    sqs,
    stepfunctions,
    wafv2,
)


def stand_in() -> StandIn:
    """Return the AWS provider's stand-in."""
    resources = [make() for service in SERVICES for make in service.RESOURCES]
    return StandIn("pulumi_aws", resources, functions.FUNCTIONS)


if __name__ == "__main__":
    serve(stand_in(), version("pulumi-aws"))
