"""The Lambda function of one step, which may access only the places that the step names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from components.aws.function import UNRESERVED, Function
from components.aws.policies import Statement, allow_objects
from components.settings import Settings
from core.deployment.variables import STEP
from core.workflow.model import Place, Step


class StepFunction(Function):
    """A step's function.

    Args:
        name: The logical name.
        step: The step that it runs.
        settings: The deployment's settings.
        code: The deployment package.
        environment: The variables that every step gets.
        places: For each place of the model, the ARNs of its objects, with trailing wildcards.
        reserved: The function's reserved concurrency.
        opts: The resource options.
    """

    def __init__(
        self,
        name: str,
        step: Step,
        settings: Settings,
        code: pulumi.Archive,
        environment: Mapping[str, pulumi.Input[str]],
        places: Mapping[Place, Sequence[pulumi.Input[str]]],
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
            memory_mb=settings.of_step(step.name).memory_mb,
            timeout_seconds=settings.of_step(step.name).timeout_seconds,
            reserved_concurrent_executions=reserved,
            opts=opts,
        )
        self.register_outputs({"arn": self.arn})


def _access(step: Step, places: Mapping[Place, Sequence[pulumi.Input[str]]]) -> list[Statement]:
    granted = {"s3:GetObject": step.reads, "s3:PutObject": step.writes}
    return [
        allow_objects([action], [arn for place in sorted(where) for arn in places[place]])
        for action, where in granted.items()
        if where
    ]
