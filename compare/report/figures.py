"""Format times, amounts, counts, sizes and lists for a reader."""

from __future__ import annotations

from collections.abc import Sequence


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


def money(amount: float) -> str:
    """Return a round amount of dollars as an axis shows it: "0", "$0.20", "$1,500"."""
    if amount == 0:
        return "0"
    return f"${amount:,.0f}" if amount >= 1 and amount == round(amount) else f"${amount:,.2f}"


def short(count: float) -> str:
    """Return a round number as an axis shows it: "500", "20k", "1M"."""
    if count < 1000:
        return f"{count:g}"
    return f"{count / 1000:g}k" if count < 1_000_000 else f"{count / 1_000_000:g}M"


def size(count: int) -> str:
    """Return bytes for a reader, in powers of 1,000: "512 B", "34 kB", "4.2 MB"."""
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:,.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does: "a, b and c"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
