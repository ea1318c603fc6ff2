"""From an upload to an execution: rule, target, and a queue for what could not be delivered."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.aws.policies import allow, allow_service, deny_plain_http, document
from components.aws.service_role import ServiceRole

DELIVERY_SECONDS = 24 * 3600
DELIVERY_TRIES = 185  # EventBridge's own default, which fits into a day
KEPT_SECONDS = 14 * 24 * 3600  # the longest a queue keeps a message


class Trigger(pulumi.ComponentResource):
    """Starts the workflow on every upload under ``prefix`` whose name ends in one of ``suffixes``."""

    dead_letters: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        bucket: pulumi.Input[str],
        prefix: str,
        suffixes: Sequence[str],
        state_machine: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:aws:Trigger", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        rule = aws.cloudwatch.EventRule(
            name,
            description="An upload starts the photo workflow.",
            event_pattern=pulumi.Output.from_input(bucket).apply(
                lambda known: json.dumps(event_pattern(known, prefix, suffixes))
            ),
            opts=child,
        )
        undelivered = aws.sqs.Queue(
            f"{name}-undelivered",
            message_retention_seconds=KEPT_SECONDS,
            sqs_managed_sse_enabled=True,
            opts=child,
        )
        queue_policy = aws.sqs.QueuePolicy(
            f"{name}-undelivered",
            queue_url=undelivered.url,
            # EventBridge writes here as itself, not under the target's role.
            policy=document(
                [
                    allow_service("events", "sqs:SendMessage", undelivered.arn, rule.arn),
                    deny_plain_http("sqs:*", [undelivered.arn]),
                ]
            ),
            opts=child,
        )
        role = ServiceRole(name, "events", [allow(["states:StartExecution"], [state_machine])], opts=child)
        aws.cloudwatch.EventTarget(
            name,
            rule=rule.name,
            arn=state_machine,
            role_arn=role.arn,
            dead_letter_config={"arn": undelivered.arn},
            retry_policy={
                "maximum_event_age_in_seconds": DELIVERY_SECONDS,
                "maximum_retry_attempts": DELIVERY_TRIES,
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[queue_policy]),
        )
        self.dead_letters = undelivered.url
        self.register_outputs({"dead_letters": self.dead_letters})


def event_pattern(bucket: str, prefix: str, suffixes: Sequence[str]) -> dict[str, object]:
    """Return the EventBridge pattern for uploads.

    A prefix and a suffix of the same field can only be asked for together by a wildcard, and a wildcard
    minds upper and lower case: it is given the three spellings that cameras and people use.
    """
    if prefix:
        spellings = (form for suffix in suffixes for form in (suffix, suffix.upper(), _capitalised(suffix)))
        keys: list[object] = [{"wildcard": f"{prefix}*{form}"} for form in spellings]
    else:
        keys = [{"suffix": {"equals-ignore-case": suffix}} for suffix in suffixes]
    return {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [bucket]}, "object": {"key": keys}},
    }


def _capitalised(suffix: str) -> str:
    return f".{suffix[1:].capitalize()}"
