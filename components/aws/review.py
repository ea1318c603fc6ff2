"""The functions that ask a person for a decision about a photo, and serve the page on which it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from components.aws.function import UNRESERVED, Function
from components.aws.ledger import Ledger
from components.aws.policies import allow, allow_objects
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
        page: The address of the page on which they decide.
        opts: The resource options.
    """

    def __init__(
        self,
        name: str,
        settings: Settings,
        code: pulumi.Archive,
        ledger: Ledger,
        topic: pulumi.Input[str],
        page: pulumi.Input[str],
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
                variables.REVIEW_PAGE: page,
                **variables.chaos(settings.chaos),
            },
            memory_mb=MEMORY_MB,
            timeout_seconds=settings.timeout_seconds,
            opts=opts,
        )
        self.register_outputs({"arn": self.arn})


class ReviewPage(Function):
    """The page behind a function URL, which anybody may call: a link's secret says who may decide.

    Args:
        name: The logical name.
        settings: The deployment's settings.
        code: The deployment package.
        environment: The variables that every step gets.
        ledger: The ledger.
        uploads: The ARNs of the uploads, with trailing wildcards.
        opts: The resource options.
    """

    url: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        settings: Settings,
        code: pulumi.Archive,
        environment: Mapping[str, pulumi.Input[str]],
        ledger: Ledger,
        uploads: Sequence[pulumi.Input[str]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            "ReviewPage",
            name,
            settings,
            code,
            "handlers.aws.review_page.handler",
            [
                allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], [ledger.arn]),
                allow_objects(["s3:GetObject"], uploads),
                # Answering a task token knows no resource.
                allow(["states:SendTaskSuccess"], ["*"]),
            ],
            {**environment, variables.LEDGER_TABLE: ledger.name},
            memory_mb=settings.memory_mb,
            timeout_seconds=settings.timeout_seconds,
            # Anybody may call the page, and must not take the account's concurrency from the pipeline.
            reserved_concurrent_executions=settings.max_concurrency or UNRESERVED,
            opts=opts,
        )
        child = pulumi.ResourceOptions(parent=self)
        alias = self.arn.apply(lambda arn: arn.rpartition(":")[2])  # there is no URL of what is not there yet
        url = aws.lambda_.FunctionUrl(
            name, function_name=self.name, qualifier=alias, authorization_type="NONE", opts=child
        )
        # Callers need both, though the URL asks for no signature:
        # https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
        to_url = pulumi.ResourceOptions(parent=self, depends_on=[url])
        aws.lambda_.Permission(
            f"{name}-url",
            action="lambda:InvokeFunctionUrl",
            function_url_auth_type="NONE",
            function=self.name,
            qualifier=alias,
            principal="*",
            opts=to_url,
        )
        aws.lambda_.Permission(
            f"{name}-call",
            action="lambda:InvokeFunction",
            invoked_via_function_url=True,
            function=self.name,
            qualifier=alias,
            principal="*",
            opts=to_url,
        )
        self.url = url.function_url
        self.register_outputs({"url": self.url})
