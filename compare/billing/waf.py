"""AWS WAF.

Source: AWS WAF pricing page: a month of each web ACL and rule, by the hour, and the requests that are looked
at, whether they are let in or not. A managed rule group of AWS counts as one rule.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import HOURS_PER_MONTH, ONE, ZERO, MeterReading, plain, present


def web_acl(
    *, rules: Decimal, requests: Decimal = ZERO, hours: Decimal = HOURS_PER_MONTH
) -> tuple[MeterReading, ...]:
    """Meter a web ACL with ``rules`` that stands for ``hours`` of a month and looks at ``requests``."""
    share = ONE * hours / HOURS_PER_MONTH
    return present(
        MeterReading("aws.waf.web_acls", share, f"1 web ACL, {plain(hours)} of 730 hours"),
        MeterReading("aws.waf.rules", rules * share, f"{plain(rules)} rules, {plain(hours)} of 730 hours"),
        MeterReading("aws.waf.requests", requests, f"{plain(requests)} requests"),
    )
