"""A queue for what could not be delivered."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.aws.policies import allow_service, deny_plain_http, document
from core.deployment.limits import DEAD_LETTER_RETENTION, DELIVERY

DELIVERY_ATTEMPTS = 185  # EventBridge's own default, which fits into a day
RETRY_POLICY: pulumi.Input[aws.cloudwatch.EventTargetRetryPolicyArgsDict] = {
    "maximum_event_age_in_seconds": int(DELIVERY.total_seconds()),
    "maximum_retry_attempts": DELIVERY_ATTEMPTS,
}


class DeadLetters(pulumi.ComponentResource):
    """An encrypted queue for what could not be delivered or run.

    With a rule, EventBridge may write what it could not deliver for that rule. Other writers need a role that
    allows it. ``arn`` is known only once the queue has its policy.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    url: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        rule_arn: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:aws:DeadLetters", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        queue = aws.sqs.Queue(
            name,
            message_retention_seconds=int(DEAD_LETTER_RETENTION.total_seconds()),
            sqs_managed_sse_enabled=True,
            opts=child,
        )
        # EventBridge writes here as a service, not under the target's role.
        from_rule = [allow_service("events", "sqs:SendMessage", queue.arn, [rule_arn])] if rule_arn else []
        policy = aws.sqs.QueuePolicy(
            name,
            queue_url=queue.url,
            policy=document([*from_rule, deny_plain_http("sqs:*", [queue.arn])]),
            opts=child,
        )
        self.name, self.url = queue.name, queue.url
        self.arn = pulumi.Output.all(queue.arn, policy.id).apply(lambda known: str(known[0]))
        self.register_outputs({"arn": self.arn, "url": self.url})
