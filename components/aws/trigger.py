"""The trigger: from an upload to an execution, with a queue for undelivered events."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.aws.dead_letters import RETRY_POLICY, DeadLetters
from components.aws.policies import allow
from components.aws.service_role import ServiceRole


class Trigger(pulumi.ComponentResource):
    """Starts the workflow on every upload under ``prefix`` whose name ends in one of ``suffixes``."""

    dead_letters: DeadLetters

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
        self.dead_letters = DeadLetters(f"{name}-undelivered", rule.arn, opts=child)
        start = allow(["states:StartExecution"], [state_machine])
        role = ServiceRole(name, "events", [start], rule.arn, for_it_alone=True, opts=child)
        aws.cloudwatch.EventTarget(
            name,
            rule=rule.name,
            arn=state_machine,
            role_arn=role.arn,
            dead_letter_config={"arn": self.dead_letters.arn},
            retry_policy=RETRY_POLICY,
            opts=child,
        )
        self.register_outputs({"dead_letters": self.dead_letters.url})


def event_pattern(bucket: str, prefix: str, suffixes: Sequence[str]) -> dict[str, object]:
    """Return the EventBridge pattern for uploads.

    A prefix and a suffix of one field can only be combined by wildcards, one for each spelling of each
    suffix, and EventBridge rejects so many as too complex. So a rule with a prefix matches only the prefix,
    and the workflow's first state checks the suffix.
    """
    if prefix:
        keys: list[object] = [{"prefix": prefix}]
    else:
        keys = [{"suffix": {"equals-ignore-case": suffix}} for suffix in suffixes]
    return {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [bucket]}, "object": {"key": keys}},
    }
