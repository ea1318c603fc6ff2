"""The topics for notifications about finished jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import pulumi
import pulumi_aws as aws

from components.aws.policies import allow_service, deny_plain_http, document
from core.review.decisions import TOPIC as REVIEW
from core.workflow.model import Topic


class Notifications(pulumi.ComponentResource):
    """The topics "success" and "error", and "review" if asked for.

    ``email``, if set, is subscribed to errors and reviews.
    """

    arns: dict[str, pulumi.Output[str]]

    def __init__(
        self, name: str, email: str, *, reviews: bool = False, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("twinlens:aws:Notifications", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        topics = (*get_args(Topic), *((REVIEW,) if reviews else ()))
        self.arns = {topic: aws.sns.Topic(f"{name}-{topic}", opts=child).arn for topic in topics}
        mailed = {"error": "email", REVIEW: "review-email"} if email else {}
        for topic, subscription in mailed.items():
            if topic in self.arns:
                aws.sns.TopicSubscription(
                    f"{name}-{subscription}",
                    topic=self.arns[topic],
                    protocol="email",
                    endpoint=email,
                    opts=child,
                )
        self.register_outputs({"arns": self.arns})

    def let_in(self, name: str, alarms: Sequence[pulumi.Input[str]]) -> None:
        """Let these CloudWatch alarms publish to the error topic; all others need a role, and TLS.

        EventBridge rejects a topic whose policy allows it only under a condition, so its target has a role.
        """
        for which, topic in self.arns.items():
            let_in = [allow_service("cloudwatch", "sns:Publish", topic, alarms)] if which == "error" else []
            aws.sns.TopicPolicy(
                f"{name}-{which}",
                arn=topic,
                policy=document([*let_in, deny_plain_http("sns:Publish", [topic])]),
                opts=pulumi.ResourceOptions(parent=self),
            )
