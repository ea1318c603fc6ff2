"""The state machine that runs the workflow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.policies import allow
from components.aws.service_role import ServiceRole
from components.aws.state_machine.compiler import Definition, fill, permissions
from components.aws.step_function import TRACING
from components.settings import Settings

# Step Functions delivers its logs by a vended log delivery, whose permissions know no resources.
# The Step Functions guide, "Logging in CloudWatch Logs", lists exactly these.
LOG_DELIVERY = allow(
    [
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
    ],
    ["*"],
)
EXPRESS = "express"
EXPRESS_SECONDS = 300  # the longest an express execution may run
SAMPLING = allow(["xray:GetSamplingRules", "xray:GetSamplingTargets"], ["*"])


@dataclass(frozen=True)
class Target:
    """What an open reference of the definition stands for: the name to call it by, and its ARN."""

    name: pulumi.Input[str]
    arn: pulumi.Input[str]


class StateMachine(pulumi.ComponentResource):
    """The state machine; its role may call what the definition calls.

    Args:
        name: The logical name.
        definition: The compiled workflow.
        targets: What each open reference to a service stands for.
        texts: What each other open reference stands for.
        settings: The deployment's settings.
        opts: The usual resource options.
    """

    arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        definition: Definition,
        targets: Mapping[str, Target],
        texts: Mapping[str, str],
        settings: Settings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:aws:StateMachine", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        log = aws.cloudwatch.LogGroup(
            name,
            # Under this prefix the log group's name is not written into a resource policy of limited length.
            name_prefix=f"/aws/vendedlogs/states/{name}-",
            retention_in_days=settings.log_retention_days,
            opts=child,
        )
        calls = [
            allow([permission], [targets[reference].arn for reference in sorted(references)])
            for permission, references in sorted(permissions(definition).items())
        ]
        role = ServiceRole(name, "states", [*calls, LOG_DELIVERY, TRACING, SAMPLING], opts=child)
        names = {reference: target.name for reference, target in targets.items()}
        machine = aws.sfn.StateMachine(
            name,
            type=settings.orchestrator.upper(),
            role_arn=role.arn,
            definition=pulumi.Output.all(**names, **texts).apply(
                lambda known: json.dumps(fill(definition, known))
            ),
            logging_configuration={
                # An express execution has no history but its log.
                "level": "ALL" if settings.orchestrator == EXPRESS else "ERROR",
                "include_execution_data": True,
                "log_destination": pulumi.Output.concat(log.arn, ":*"),
            },
            tracing_configuration={"enabled": True},
            opts=child,
        )
        self.arn = machine.arn
        self.register_outputs({"arn": self.arn})
