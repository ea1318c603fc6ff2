"""The scheduled reconciler: it finds uploads without a job, and stuck jobs."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.aws.dead_letters import DeadLetters
from components.aws.function import Function
from components.aws.policies import Statement, allow, document
from components.aws.service_role import ServiceRole
from components.settings import Settings
from core.deployment.limits import DAILY
from core.deployment.names import STUCK, UNCLAIMED

MEMORY_MB = 256
TIMEOUT_SECONDS = 900  # Lambda's maximum; listing a large bucket takes minutes
RETRY_SECONDS = 3600


class Reconciler(Function):
    """A function, and two schedules that call it: for jobs at the configured interval, for uploads daily.

    Args:
        name: The logical name.
        settings: The deployment's settings.
        code: The deployment package.
        environment: The function's variables.
        statements: Its permissions besides writing its log, its traces and its dead letters.
        opts: The resource options.
    """

    def __init__(
        self,
        name: str,
        settings: Settings,
        code: pulumi.Archive,
        environment: Mapping[str, pulumi.Input[str]],
        statements: list[Statement],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        # For runs that could not start, or whose retries failed too.
        self.dead_letters = DeadLetters(f"{name}-failed", opts=opts)
        set_aside = allow(["sqs:SendMessage"], [self.dead_letters.arn])
        super().__init__(
            "Reconciler",
            name,
            settings,
            code,
            "handlers.aws.reconciler.handler",
            [*statements, set_aside],
            environment,
            memory_mb=MEMORY_MB,
            timeout_seconds=TIMEOUT_SECONDS,
            dead_letter_config={"target_arn": self.dead_letters.arn},
            opts=opts,
        )
        child = pulumi.ResourceOptions(parent=self)
        # A look that runs out of time calls the function again, to continue where it stopped.
        aws.iam.RolePolicy(
            f"{name}-again",
            role=self.role,
            policy=document([allow(["lambda:InvokeFunction"], [self.arn])]),
            opts=child,
        )
        caller = ServiceRole(
            f"{name}-schedule",
            "scheduler",
            [allow(["lambda:InvokeFunction"], [self.arn]), set_aside],
            self.arn,
            opts=child,
        )
        for find, rate in ((STUCK, minutely(settings.reconcile_minutes)), (UNCLAIMED, DAILY["aws"])):
            aws.scheduler.Schedule(
                f"{name}-{find}",
                description=f"Looks for uploads and jobs that are {find}.",
                schedule_expression=rate,
                flexible_time_window={"mode": "OFF"},
                target={
                    "arn": self.arn,
                    "role_arn": caller.arn,
                    "input": json.dumps({"find": find}),
                    "dead_letter_config": {"arn": self.dead_letters.arn},
                    "retry_policy": {
                        "maximum_event_age_in_seconds": RETRY_SECONDS,
                        "maximum_retry_attempts": 10,
                    },
                },
                opts=child,
            )
        self.register_outputs({"name": self.name})


def minutely(minutes: int) -> str:
    """Return the schedule's expression, in which the unit is singular or plural like the number."""
    return f"rate({minutes} minute{'' if minutes == 1 else 's'})"
