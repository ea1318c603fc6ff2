"""Where people and machines hear how a job ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

import pulumi
import pulumi_aws as aws

from components.aws.policies import allow_service, deny_plain_http, document
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

    def let_in(self, name: str, senders: Mapping[str, Sequence[pulumi.Input[str]]]) -> None:
        """Let AWS services ("events", "cloudwatch") tell the error topic something, for these ARNs only.

        Whoever has a role with the right to publish needs no entry here. Nobody comes without TLS.
        """
        for which, topic in self.arns.items():
            statements = [
                allow_service(service, "sns:Publish", topic, sources)
                for service, sources in (senders if which == "error" else {}).items()
            ]
            aws.sns.TopicPolicy(
                f"{name}-{which}",
                arn=topic,
                policy=document([*statements, deny_plain_http("sns:Publish", [topic])]),
                opts=pulumi.ResourceOptions(parent=self),
            )
