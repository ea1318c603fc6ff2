"""The function that asks a person for a decision about a photo."""

from __future__ import annotations

import pulumi

from components.aws.function import Function
from components.aws.ledger import Ledger
from components.aws.policies import allow
from components.settings import Settings
from core.deployment import variables

MEMORY_MB = 256


class Ask(Function):
    """A function that writes to a job's row that it waits, and sends the notification.

    Args:
        name: The logical name.
        settings: The deployment's settings.
        code: The deployment package.
        ledger: The ledger.
        topic: The ARN of the topic for whoever decides.
        opts: The resource options.
    """

    def __init__(
        self,
        name: str,
        settings: Settings,
        code: pulumi.Archive,
        ledger: Ledger,
        topic: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            "Ask",
            name,
            settings,
            code,
            "handlers.aws.review.ask",
            [allow(["dynamodb:UpdateItem"], [ledger.arn]), allow(["sns:Publish"], [topic])],
            {
                variables.LEDGER_TABLE: ledger.name,
                variables.REVIEW_TOPIC: topic,
                **variables.chaos(settings.chaos),
            },
            memory_mb=MEMORY_MB,
            timeout_seconds=settings.timeout_seconds,
            opts=opts,
        )
        self.register_outputs({"arn": self.arn})
