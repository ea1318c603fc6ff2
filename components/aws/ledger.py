"""The table with one row per job."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.settings import Settings
from core.deployment.names import EXPIRES_AT, LEDGER_KEY, OPEN_INDEX, OPEN_INDEX_KEYS


class Ledger(pulumi.ComponentResource):
    """A table in on-demand mode; DynamoDB deletes rows once their ``expires_at`` has passed."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    open_index: pulumi.Output[str]

    def __init__(self, name: str, settings: Settings, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("twinlens:aws:Ledger", name, None, opts)
        table = aws.dynamodb.Table(
            name,
            billing_mode="PAY_PER_REQUEST",
            hash_key=LEDGER_KEY,
            attributes=[{"name": each, "type": "S"} for each in (LEDGER_KEY, *OPEN_INDEX_KEYS)],
            # A row is in it until its job ends, so that a query for open jobs reads no others.
            global_secondary_indexes=[
                {
                    "name": OPEN_INDEX,
                    "key_schemas": [
                        {"attribute_name": name, "key_type": kind}
                        for name, kind in zip(OPEN_INDEX_KEYS, ("HASH", "RANGE"), strict=True)
                    ],
                    "projection_type": "KEYS_ONLY",
                }
            ],
            ttl={"attribute_name": EXPIRES_AT, "enabled": True},
            point_in_time_recovery={"enabled": settings.point_in_time_recovery},
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=settings.keep_data),
        )
        self.name, self.arn = table.name, table.arn
        self.open_index = pulumi.Output.concat(table.arn, "/index/", OPEN_INDEX)
        self.register_outputs({"name": self.name, "arn": self.arn})
