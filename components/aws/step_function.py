"""The Lambda function of one step, which may touch only the places that the step names."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.aws.policies import Statement, allow
from components.aws.service_role import ServiceRole
from components.settings import Settings
from core.workflow.environment import STEP
from core.workflow.model import Place, Step

# X-Ray knows no resources: its statement has to name all of them.
TRACING = allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"])


UNRESERVED = -1  # share the account's concurrency with its other functions


class StepFunction(pulumi.ComponentResource):
    """A step's function with its own role and log group.

    Args:
        name: The logical name.
        step: The step it runs.
        settings: The deployment's settings.
        code: The deployment package.
        environment: The variables that every step gets.
        places: The object ARNs, ending in a wildcard, that each place of the model stands for.
        reserved: How much of the account's concurrency is set aside for it.
        opts: The usual resource options.
    """

    arn: pulumi.Output[str]
    name: pulumi.Output[str]
    log_group: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        step: Step,
        settings: Settings,
        code: pulumi.Archive,
        environment: Mapping[str, pulumi.Input[str]],
        places: Mapping[Place, pulumi.Input[str]],
        reserved: int = UNRESERVED,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:aws:StepFunction", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        log = aws.cloudwatch.LogGroup(name, retention_in_days=settings.log_retention_days, opts=child)
        role = ServiceRole(name, "lambda", [*_access(step, places), logging(log), TRACING], opts=child)
        function = aws.lambda_.Function(
            name,
            code=code,
            runtime="python3.13",
            handler="handlers.aws.function.handler",
            architectures=[settings.architecture],
            memory_size=settings.memory_mb,
            timeout=settings.timeout_seconds,
            reserved_concurrent_executions=reserved,
            role=role.arn,
            environment={"variables": {**environment, STEP: step.name}},
            logging_config={"log_group": log.name, "log_format": "JSON"},
            tracing_config={"mode": "Active"},
            opts=child,
        )
        self.arn, self.name, self.log_group = function.arn, function.name, log.name
        self.register_outputs({"arn": self.arn})


def _access(step: Step, places: Mapping[Place, pulumi.Input[str]]) -> list[Statement]:
    granted = {"s3:GetObject": step.reads, "s3:PutObject": step.writes}
    return [
        allow([action], [places[place] for place in sorted(where)])
        for action, where in granted.items()
        if where
    ]


def logging(log: aws.cloudwatch.LogGroup) -> Statement:
    """Allow writing to the log group."""
    return allow(["logs:CreateLogStream", "logs:PutLogEvents"], [pulumi.Output.concat(log.arn, ":*")])
