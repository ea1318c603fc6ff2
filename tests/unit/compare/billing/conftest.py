from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from compare.billing.reading import MeterReading


@pytest.fixture
def metered() -> Callable[..., dict[str, Decimal]]:
    """Call a workload with plain numbers or decimal strings and return quantities by meter."""

    def call(rule: Callable[..., tuple[MeterReading, ...]], **values: Any) -> dict[str, Decimal]:
        decimals = {
            key: value
            if key in ("architecture", "cloud", "kind", "consistency", "write_kind")
            else Decimal(value)
            for key, value in values.items()
        }
        return {each.meter: each.quantity for each in rule(**decimals)}

    return call
