"""Format times, amounts, counts, sizes and lists for a reader."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

MILLION = 1_000_000
TWO_WORDS = ("alarm ", "time ")  # what is counted is the second of these units' words


def duration(ms: float | None) -> str:
    """Return milliseconds for a reader: "85 ms", "1.24 s", "18.6 s"."""
    if ms is None:
        return "-"
    if abs(ms) < 1000:
        return f"{ms:,.0f} ms"
    return f"{ms / 1000:,.2f} s" if abs(ms) < 10_000 else f"{ms / 1000:,.1f} s"


def tick(ms: float) -> str:
    """Return a round number of milliseconds as an axis shows it: "0", "500 ms", "2.5 s"."""
    if ms == 0:
        return "0"
    return f"{ms:g} ms" if ms < 1000 else f"{ms / 1000:g} s"


def figure(value: Decimal) -> str:
    """Return a quantity to six significant digits; a whole number with all of its digits."""
    whole = value == value.to_integral_value() or abs(value) >= MILLION
    return f"{value:,.0f}" if whole else f"{value:,.6g}"


def counted(quantity: Decimal, unit: str) -> str:
    """Return a quantity with its unit: "3,500 requests", "12 GB-seconds", "1 request of 64 KB"."""
    number = figure(quantity)
    if "request unit" in unit:
        return f"{number} {unit}{'s' * (quantity != 1)}"
    last = 1 if unit.startswith(TWO_WORDS) else 0
    words = unit.split(" ")
    if quantity != 1 and not words[last].endswith(("GB", "s")):
        words[last] = f"{words[last][:-1]}ies" if words[last].endswith("y") else f"{words[last]}s"
    return f"{number} {' '.join(words)}"


def size(count: int) -> str:
    """Return bytes for a reader, in powers of 1,000: "512 B", "34 kB", "4.2 MB"."""
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:,.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does: "a, b and c"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
