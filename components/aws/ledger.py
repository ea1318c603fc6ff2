"""The table with one row a job."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws


class Ledger(pulumi.ComponentResource):
    """A table that costs by use; rows go by themselves once ``expires_at`` has passed."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("twinlens:aws:Ledger", name, None, opts)
        table = aws.dynamodb.Table(
            name,
            billing_mode="PAY_PER_REQUEST",
            hash_key="id",
            attributes=[{"name": "id", "type": "S"}],
            ttl={"attribute_name": "expires_at", "enabled": True},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.name, self.arn = table.name, table.arn
        self.register_outputs({"name": self.name, "arn": self.arn})
