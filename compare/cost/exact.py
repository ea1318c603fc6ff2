"""Decimal arithmetic that neither rounds silently nor shows exponents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import (
    ROUND_CEILING,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    localcontext,
)
from decimal import Overflow as DecimalOverflow

# A trillionth of a dollar. Rounding up to it keeps sums of parts at or above the whole, and changes no amount
# that the price lists can produce without a division.
GRAIN = Decimal(1).scaleb(-12)
# The remainder of a periodic division is far below this, and must not be rounded up to a trillionth.
NOISE = Decimal(1).scaleb(-40)
CENT = Decimal(1).scaleb(-2)
MICRO = Decimal(1).scaleb(-6)
DIGITS = 200


@contextmanager
def exact() -> Iterator[None]:
    """Calculate with 200 digits: enough for the largest figures of a usage file times any price."""
    with localcontext(Context(prec=DIGITS, traps=[DivisionByZero, InvalidOperation, DecimalOverflow])):
        yield


def settled(value: Decimal) -> Decimal:
    """Return the value rounded up to a trillionth, without trailing zeros."""
    with exact():
        return value.quantize(NOISE).quantize(GRAIN, rounding=ROUND_CEILING).normalize()


def text(value: Decimal) -> str:
    """Return the value as a plain decimal string, for machines: no exponent, no separators."""
    return f"{settled(value) + 0:f}"


def dollars(value: Decimal) -> str:
    """Format an amount for people: in cents, or with six decimals below one cent."""
    grain = CENT if value >= CENT or not value else MICRO
    with exact():
        return f"${value.quantize(grain, rounding=ROUND_HALF_UP):,f}"


def ranged(likely: Decimal, low: Decimal, high: Decimal) -> str:
    """Format an amount with its range, if the range is wider than a cent."""
    least, most = dollars(low), dollars(high)
    return dollars(likely) if least == most else f"{dollars(likely)} ({least} to {most})"
