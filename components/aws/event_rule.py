"""A rule of EventBridge with one target, to which it delivers under a role of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pulumi
import pulumi_aws as aws

from components.aws.dead_letters import RETRY_POLICY, DeadLetters
from components.aws.policies import allow
from components.aws.service_role import ServiceRole


class EventRule(pulumi.ComponentResource):
    """Delivers the events about ``watched`` to ``target``, and keeps those that it cannot deliver.

    Args:
        name: The logical name.
        description: What an event means.
        watched: The name or ARN that ``pattern`` makes a pattern of.
        pattern: The pattern of the events.
        target: The ARN of the target.
        action: What the rule's role may do with the target, and nothing else.
        message: How an event becomes the target's input; by default it is the event.
        opts: Pulumi's resource options.
    """

    dead_letters: DeadLetters

    def __init__(
        self,
        name: str,
        description: str,
        watched: pulumi.Input[str],
        pattern: Callable[[str], Mapping[str, object]],
        target: pulumi.Input[str],
        action: str,
        message: aws.cloudwatch.EventTargetInputTransformerArgsDict | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:aws:EventRule", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        rule = aws.cloudwatch.EventRule(
            name,
            description=description,
            event_pattern=pulumi.Output.from_input(watched).apply(lambda known: json.dumps(pattern(known))),
            opts=child,
        )
        self.dead_letters = DeadLetters(f"{name}-undelivered", rule.arn, opts=child)
        role = ServiceRole(
            name, "events", [allow([action], [target])], rule.arn, for_it_alone=True, opts=child
        )
        aws.cloudwatch.EventTarget(
            name,
            rule=rule.name,
            arn=target,
            role_arn=role.arn,
            input_transformer=message,
            dead_letter_config={"arn": self.dead_letters.arn},
            retry_policy=RETRY_POLICY,
            opts=child,
        )
        self.register_outputs({"dead_letters": self.dead_letters.url})
