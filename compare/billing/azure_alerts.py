"""Azure Monitor alerts.

Source: Azure Monitor pricing page: a metric alert is charged by the time series it monitors, a log alert by
the frequency of its query.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import ZERO, MeterReading, plain, present


def alerts(*, log_rules: Decimal = ZERO, time_series: Decimal = ZERO) -> tuple[MeterReading, ...]:
    """Meter a month of log alerts evaluated every five minutes, and of metric alerts."""
    return present(
        MeterReading("azure.monitor.log_alerts", log_rules, f"{plain(log_rules)} rules, every 5 minutes"),
        MeterReading("azure.monitor.metric_alerts", time_series, f"{plain(time_series)} time series watched"),
    )
