"""A role for one AWS service, with the given statements only."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.aws.policies import Statement, document


class ServiceRole(pulumi.ComponentResource):
    """A role that ``service`` ("lambda", "states", "events") assumes for resources of this account only.

    ``arn`` is known only once the statements are attached, so that its users have all permissions.

    Args:
        name: The logical name.
        service: The service, as its principal begins.
        statements: The role's permissions.
        beside: The ARN of any resource of the account.
        for_it_alone: Let the service assume the role only for the resource ``beside``.
        opts: The resource options.
    """

    arn: pulumi.Output[str]
    name: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        service: str,
        statements: Sequence[Statement],
        beside: pulumi.Input[str],
        *,
        for_it_alone: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:aws:ServiceRole", name, None, opts)
        account = pulumi.Output.from_input(beside).apply(lambda arn: arn.split(":")[4])
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": account},
                **({"ArnEquals": {"aws:SourceArn": beside}} if for_it_alone else {}),
            },
        }
        role = aws.iam.Role(
            name,
            assume_role_policy=document([trust]),
            opts=pulumi.ResourceOptions(parent=self),
        )
        policy = aws.iam.RolePolicy(
            name, role=role.id, policy=document(statements), opts=pulumi.ResourceOptions(parent=self)
        )
        self.name = role.name
        self.arn = pulumi.Output.all(role.arn, policy.id).apply(lambda known: str(known[0]))
        self.register_outputs({"arn": self.arn})
