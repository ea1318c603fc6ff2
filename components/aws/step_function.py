"""The Lambda function of one step, which may access only the places that the step names."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from components.aws.function import Function
from components.aws.policies import Statement, allow
from components.settings import Settings
from core.deployment.variables import STEP
from core.workflow.model import Place, Step

UNRESERVED = -1  # share the account's concurrency with its other functions


class StepFunction(Function):
    """A step's function.

    Args:
        name: The logical name.
        step: The step it runs.
        settings: The deployment's settings.
        code: The deployment package.
        environment: The variables that every step gets.
        places: The object ARNs, ending in a wildcard, that each place of the model stands for.
        reserved: How much of the account's concurrency is set aside for it.
        opts: The resource options.
    """

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
        super().__init__(
            "StepFunction",
            name,
            settings,
            code,
            "handlers.aws.function.handler",
            _access(step, places),
            {**environment, STEP: step.name},
            memory_mb=settings.memory_mb,
            timeout_seconds=settings.timeout_seconds,
            reserved_concurrent_executions=reserved,
            opts=opts,
        )
        self.register_outputs({"arn": self.arn})


def _access(step: Step, places: Mapping[Place, pulumi.Input[str]]) -> list[Statement]:
    granted = {"s3:GetObject": step.reads, "s3:PutObject": step.writes}
    return [
        allow([action], [places[place] for place in sorted(where)])
        for action, where in granted.items()
        if where
    ]
