"""What looks, again and again, for uploads and jobs that fell between."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.aws.dead_letters import DeadLetters
from components.aws.policies import Statement, allow
from components.aws.service_role import ServiceRole
from components.aws.step_function import TRACING, logging
from components.settings import Settings

MEMORY_MB = 256
TIMEOUT_SECONDS = 900  # the longest there is; a large bucket takes minutes to list
RETRY_SECONDS = 3600
# Jobs that stand still are found by an index, which costs next to nothing. Uploads without a job are found by
# listing them all, and happen only if an event was lost.
DAILY = "rate(1 day)"


class Reconciler(pulumi.ComponentResource):
    """A function of its own, and two schedules that call it: for jobs as often as asked, for uploads daily.

    Args:
        name: The logical name.
        settings: The deployment's settings.
        code: The deployment package.
        environment: The function's variables.
        statements: What it may do, beside writing its log and its dead letters.
        dead_letters: Where a run ends that could not begin, or failed.
        opts: The usual resource options.
    """

    def __init__(
        self,
        name: str,
        settings: Settings,
        code: pulumi.Archive,
        environment: Mapping[str, pulumi.Input[str]],
        statements: list[Statement],
        dead_letters: DeadLetters,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:aws:Reconciler", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        log = aws.cloudwatch.LogGroup(name, retention_in_days=settings.log_retention_days, opts=child)
        set_aside = allow(["sqs:SendMessage"], [dead_letters.arn])
        role = ServiceRole(name, "lambda", [*statements, set_aside, logging(log), TRACING], opts=child)
        function = aws.lambda_.Function(
            name,
            code=code,
            runtime="python3.13",
            handler="handlers.aws.reconciler.handler",
            architectures=[settings.architecture],
            memory_size=MEMORY_MB,
            timeout=TIMEOUT_SECONDS,
            role=role.arn,
            environment={"variables": dict(environment)},
            # A run that failed, and failed again: its message here makes the alarm go off.
            dead_letter_config={"target_arn": dead_letters.arn},
            logging_config={"log_group": log.name, "log_format": "JSON"},
            tracing_config={"mode": "Active"},
            opts=child,
        )
        caller = ServiceRole(
            f"{name}-schedule",
            "scheduler",
            [allow(["lambda:InvokeFunction"], [function.arn]), set_aside],
            opts=child,
        )
        for find, rate in (("stuck", minutely(settings.reconcile_minutes)), ("unclaimed", DAILY)):
            aws.scheduler.Schedule(
                f"{name}-{find}",
                description=f"Looks for what is {find}.",
                schedule_expression=rate,
                flexible_time_window={"mode": "OFF"},
                target={
                    "arn": function.arn,
                    "role_arn": caller.arn,
                    "input": json.dumps({"find": find}),
                    "dead_letter_config": {"arn": dead_letters.arn},
                    "retry_policy": {
                        "maximum_event_age_in_seconds": RETRY_SECONDS,
                        "maximum_retry_attempts": 10,
                    },
                },
                opts=child,
            )
        self.register_outputs({"name": function.name})


def minutely(minutes: int) -> str:
    """Return the schedule's expression, whose unit has to agree with the number."""
    return f"rate({minutes} minute{'' if minutes == 1 else 's'})"
