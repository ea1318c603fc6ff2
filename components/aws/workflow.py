"""The state machine that runs the workflow."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi
import pulumi_aws as aws

from components.aws.function import TRACING
from components.aws.policies import Statement, allow
from components.aws.service_role import ServiceRole
from components.aws.state_machine.compiler import compile_workflow
from components.aws.state_machine.hand_over import hand_over_when_busy
from components.aws.state_machine.references import Definition, fill, permissions
from components.settings import Settings
from core.deployment.limits import GIVEN_UP
from core.workflow.batch import batch_of
from core.workflow.granularity import GRANULARITIES, pipeline_in

# Step Functions uses vended log delivery, which has no resource-level permissions.
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
LOG_LEVELS = {"error": "ERROR", "all": "ALL", "none": "OFF"}
STANDARD, EXPRESS = "standard", "express"
BATCH = "batch"  # a standard machine that runs the workflow for many items
EXPRESS_SECONDS = 300  # the maximum duration of an express execution
SAMPLING = allow(["xray:GetSamplingRules", "xray:GetSamplingTargets"], ["*"])


@dataclass(frozen=True)
class Target:
    """The value of a placeholder of the definition: the name to call it by, and its ARN."""

    name: pulumi.Input[str]
    arn: pulumi.Input[str]


class StateMachine(pulumi.ComponentResource):
    """The state machine; its role has the permissions that the definition needs.

    Args:
        name: The logical name.
        kind: What the machine is, which can't be changed later: STANDARD, EXPRESS or BATCH.
        settings: The deployment's settings.
        targets: The values of the placeholders for services.
        texts: The values of all other placeholders.
        statements: The role's permissions besides those of the definition's tasks.
        opts: Pulumi's resource options.
    """

    arn: pulumi.Output[str]
    log_group: pulumi.Output[str]
    role: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        kind: str,
        settings: Settings,
        targets: Mapping[str, Target],
        texts: Mapping[str, str],
        statements: Sequence[Statement] = (),
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
        definitions = {each: definition(kind, each, settings) for each in GRANULARITIES}
        calls = [
            allow([permission], [targets[reference].arn for reference in sorted(references)])
            for permission, references in sorted(called(list(definitions.values())).items())
        ]
        allowed = [*calls, *statements, LOG_DELIVERY, TRACING, SAMPLING]
        role = ServiceRole(name, "states", allowed, log.arn, opts=child)
        names = {reference: target.name for reference, target in targets.items()}
        machine = aws.sfn.StateMachine(
            name,
            type=(EXPRESS if kind == EXPRESS else STANDARD).upper(),
            role_arn=role.arn,
            definition=pulumi.Output.all(**names, **texts).apply(
                lambda known: json.dumps(fill(definitions[settings.granularity], known))
            ),
            logging_configuration={
                "level": LOG_LEVELS[settings.log_level],
                # At this level it would contain the tokens of waiting tasks.
                "include_execution_data": not (settings.review_seconds and settings.log_level == "all"),
                "log_destination": pulumi.Output.concat(log.arn, ":*"),
            },
            tracing_configuration={"enabled": True},
            opts=child,
        )
        self.arn, self.log_group, self.role = machine.arn, log.name, role.name
        self.register_outputs({"arn": self.arn})


def definition(kind: str, granularity: str, settings: Settings) -> Definition:
    """Return the workflow compiled for a machine of this type."""
    waiting = 0 if kind == EXPRESS else settings.review_seconds  # an express machine hands over to the other
    workflow = pipeline_in(granularity, waiting)
    workflow = (
        batch_of(workflow) if kind == BATCH else replace(workflow, timeout_seconds=seconds(kind) + waiting)
    )
    of_steps = {name: each.timeout_seconds for name, each in settings.steps.items()}
    compiled = compile_workflow(workflow, settings.timeout_seconds, of_steps)
    if kind != EXPRESS:
        return compiled
    return hand_over_when_busy(compiled, duplicate=workflow.endings["duplicate"][0].name)


def seconds(kind: str) -> int:
    """Return how long an execution of a machine of this type may take, without waiting for a person."""
    return EXPRESS_SECONDS if kind == EXPRESS else int(GIVEN_UP.total_seconds())


def called(definitions: Sequence[Definition]) -> dict[str, set[str]]:
    """Return the permissions that the definitions need, each with the references it is needed for.

    A machine's role needs the permissions of all granularities: an execution in progress when the granularity
    changes continues with its original definition, but with the new role.
    """
    needed: dict[str, set[str]] = {}
    for each in definitions:
        for permission, references in permissions(each).items():
            needed.setdefault(permission, set()).update(references)
    return needed
