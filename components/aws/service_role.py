"""A role for one AWS service, with the given statements only."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.aws.policies import Statement, document


class ServiceRole(pulumi.ComponentResource):
    """A role that ``service`` ("lambda", "states", "events") assumes.

    ``arn`` is known only once the statements are attached, so that its users have all permissions.
    """

    arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        service: str,
        statements: Sequence[Statement],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:aws:ServiceRole", name, None, opts)
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        role = aws.iam.Role(
            name,
            assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
            opts=pulumi.ResourceOptions(parent=self),
        )
        policy = aws.iam.RolePolicy(
            name, role=role.id, policy=document(statements), opts=pulumi.ResourceOptions(parent=self)
        )
        self.arn = pulumi.Output.all(role.arn, policy.id).apply(lambda known: str(known[0]))
        self.register_outputs({"arn": self.arn})
