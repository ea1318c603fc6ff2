"""A metered quantity, and the arithmetic that billing rules share."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from compare.errors import UsageError

ZERO = Decimal(0)
ONE = Decimal(1)
# A "GB" of memory is 1,024 MB on both clouds.
MB_PER_GB = Decimal(1024)
KB_PER_CHUNK = Decimal(64)
SECONDS_PER_HOUR = Decimal(3600)
HOURS_PER_MONTH = Decimal(730)  # as both clouds count a month
MS_PER_SECOND = Decimal(1000)


@dataclass(frozen=True)
class MeterReading:
    """A quantity of one meter, and how it was counted, in words."""

    meter: str
    quantity: Decimal
    formula: str


def up_to_step(value: Decimal, step: Decimal) -> Decimal:
    """Return the smallest multiple of ``step`` that is not below ``value``."""
    return (value / step).to_integral_value(rounding=ROUND_CEILING) * step


def chunks(size_kb: Decimal, chunk_kb: Decimal = KB_PER_CHUNK) -> Decimal:
    """Return the number of chunks that a payload of ``size_kb`` is billed as, at least one."""
    return max(ONE, up_to_step(size_kb, chunk_kb) / chunk_kb)


def within(key: str, value: Decimal, low: int, high: int, what: str) -> None:
    """Check that a stated value is in the range that a service accepts.

    Raises:
        UsageError: It is not; the message names the key, the value and the range.
    """
    if not low <= value <= high:
        raise UsageError(f"{key} is {plain(value)}; {what} is between {low:,} and {high:,}.")


def plain(value: Decimal) -> str:
    """Format a number for people: no exponent, no trailing zeros, thousands separated."""
    return f"{value.normalize():,f}"


def present(*metered: MeterReading) -> tuple[MeterReading, ...]:
    """Return the quantities that are not zero."""
    return tuple(each for each in metered if each.quantity)
