"""A monthly budget of the resource group, which notifies an e-mail address before and when it is exceeded."""

from __future__ import annotations

from datetime import UTC, datetime

import pulumi
from pulumi_azure_native import consumption

# Percent of the budget: what was spent so far, and what the whole month will probably cost.
ALERTS = (("Actual", 80), ("Actual", 100), ("Forecasted", 100))


class Budget(pulumi.ComponentResource):
    """A cost budget in the currency of the subscription's bill, over everything in the group."""

    def __init__(
        self,
        name: str,
        scope: pulumi.Input[str],
        amount: int,
        email: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:azure:Budget", name, None, opts)
        consumption.Budget(
            f"{name}-budget",
            scope=scope,
            category=consumption.CategoryType.COST,
            time_grain=consumption.TimeGrainType.MONTHLY,
            amount=amount,
            # It has to begin in the month in which it is created, and cannot be moved later.
            time_period={"start_date": f"{datetime.now(UTC):%Y-%m}-01T00:00:00Z"},
            notifications={
                f"{kind}-{percent}": {
                    "enabled": True,
                    "operator": consumption.OperatorType.GREATER_THAN,
                    "threshold": percent,
                    "threshold_type": kind,
                    "contact_emails": [email],
                }
                for kind, percent in ALERTS
            },
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["timePeriod"]),
        )
        self.register_outputs({})
