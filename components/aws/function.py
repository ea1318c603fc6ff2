"""A Lambda function with its own log group and role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws.policies import Statement, allow
from components.aws.service_role import ServiceRole
from components.settings import Settings

# X-Ray has no resource-level permissions: its statement has to name all resources.
TRACING = allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"])

LIVE = "live"  # the alias that everything calls
UNRESERVED = -1  # a function that shares the account's concurrency with all others


class Function(pulumi.ComponentResource):
    """The base of all functions of the pipeline; each kind of function is a separate component.

    Every change publishes a version, and ``arn`` is that of an alias, which then points to it: pointing the
    alias to an earlier version takes a bad package back.

    Args:
        kind: The last part of the component's type.
        name: The logical name.
        settings: The deployment's settings.
        code: The deployment package.
        handler: The entry point in it.
        statements: Its permissions besides writing its log and its traces.
        environment: Its environment variables.
        memory_mb: Its memory in MB.
        timeout_seconds: The time limit of one call.
        delete_minutes: How long its deletion may take; by default as long as the provider's.
        opts: The resource options.
        more: Further arguments of the function.
    """

    arn: pulumi.Output[str]
    name: pulumi.Output[str]
    log_group: pulumi.Output[str]
    role: pulumi.Output[str]

    def __init__(
        self,
        kind: str,
        name: str,
        settings: Settings,
        code: pulumi.Archive,
        handler: str,
        statements: Sequence[Statement],
        environment: Mapping[str, pulumi.Input[str]],
        *,
        memory_mb: int,
        timeout_seconds: int,
        delete_minutes: int | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **more: Any,
    ) -> None:
        super().__init__(f"twinlens:aws:{kind}", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        log = aws.cloudwatch.LogGroup(name, retention_in_days=settings.log_retention_days, opts=child)
        role = ServiceRole(name, "lambda", [*statements, _logging(log), TRACING], log.arn, opts=child)
        function = aws.lambda_.Function(
            name,
            code=code,
            runtime="python3.13",
            handler=handler,
            architectures=[settings.architecture],
            memory_size=memory_mb,
            timeout=timeout_seconds,
            role=role.arn,
            environment={"variables": dict(environment)},
            logging_config={"log_group": log.name, "log_format": "JSON"},
            tracing_config={"mode": "Active"},
            publish=True,
            opts=pulumi.ResourceOptions(
                parent=self,
                custom_timeouts=pulumi.CustomTimeouts(delete=f"{delete_minutes}m")
                if delete_minutes
                else None,
            ),
            **more,
        )
        live = aws.lambda_.Alias(
            name, name=LIVE, function_name=function.name, function_version=function.version, opts=child
        )
        self.arn, self.name, self.log_group, self.role = live.arn, function.name, log.name, role.name


def _logging(log: aws.cloudwatch.LogGroup) -> Statement:
    return allow(["logs:CreateLogStream", "logs:PutLogEvents"], [pulumi.Output.concat(log.arn, ":*")])
