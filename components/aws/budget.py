"""A monthly budget of the account, which notifies an e-mail address before and when it is exceeded."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

# Percent of the budget: what was spent so far, and what the whole month will probably cost.
ALERTS = (("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100))


class Budget(pulumi.ComponentResource):
    """A budget in US dollars. It counts the whole account: only tags that are activated tell costs apart."""

    def __init__(
        self, name: str, dollars: int, email: str, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("twinlens:aws:Budget", name, None, opts)
        aws.budgets.Budget(
            f"{name}-budget",
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(dollars),
            limit_unit="USD",
            notifications=[
                {
                    "comparison_operator": "GREATER_THAN",
                    "notification_type": kind,
                    "threshold": percent,
                    "threshold_type": "PERCENTAGE",
                    "subscriber_email_addresses": [email],
                }
                for kind, percent in ALERTS
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
