"""Azure Monitor alerts.

Source: Azure Monitor pricing page: a metric alert costs by the time series it watches, a log alert by how
often it asks.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.metered import ZERO, Metered, plain, present


def alerts(*, log_rules: Decimal = ZERO, time_series: Decimal = ZERO) -> tuple[Metered, ...]:
    """Meter a month of log alerts that ask every five minutes, and of metric alerts."""
    return present(
        Metered("azure.monitor.log_alerts", log_rules, f"{plain(log_rules)} rules, every 5 minutes"),
        Metered("azure.monitor.metric_alerts", time_series, f"{plain(time_series)} time series watched"),
    )
