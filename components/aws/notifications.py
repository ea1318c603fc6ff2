"""Where people and machines hear how a job ended."""

from __future__ import annotations

from typing import get_args

import pulumi
import pulumi_aws as aws

from core.workflow.model import Topic


class Notifications(pulumi.ComponentResource):
    """A topic for each way a job can end; ``email``, if any, hears of the errors."""

    arns: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, email: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("twinlens:aws:Notifications", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.arns = {topic: aws.sns.Topic(f"{name}-{topic}", opts=child).arn for topic in get_args(Topic)}
        if email:
            aws.sns.TopicSubscription(
                f"{name}-email", topic=self.arns["error"], protocol="email", endpoint=email, opts=child
            )
        self.register_outputs({"arns": self.arns})
