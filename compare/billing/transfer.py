"""Data transfer to the internet.

Sources: AWS bulk price list, AWSDataTransfer; Azure retail prices, Bandwidth.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from compare.billing.reading import MeterReading, plain, present

Cloud = Literal["aws", "azure"]


def internet(*, cloud: Cloud, gb: Decimal) -> tuple[MeterReading, ...]:
    """Meter traffic from a region to the internet; traffic within a region is free."""
    return present(MeterReading(f"{cloud}.transfer.out_gb", gb, f"{plain(gb)} GB to the internet"))
