"""A chart of characters: bills against latencies."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

WIDTH, HEIGHT = 60, 12

type Point = tuple[float, float, bool]  # dollars, seconds, and whether it is the winner


def chart(points: Sequence[Point]) -> str:
    """Return a scatter plot with logarithmic axes: a dot for each point, a star for the winner."""
    across = _axis([max(each[0], 0.01) for each in points], WIDTH)
    up = _axis([max(each[1], 0.001) for each in points], HEIGHT)
    rows = [[" "] * WIDTH for _ in range(HEIGHT)]
    for (_, _, best), column, row in zip(points, across, up, strict=True):
        if rows[HEIGHT - 1 - row][column] != "*":
            rows[HEIGHT - 1 - row][column] = "*" if best else "."
    high, low = max(each[1] for each in points), min(each[1] for each in points)
    labels = [f"{high:.3g} s", *[""] * (HEIGHT - 2), f"{low:.3g} s"]
    lines = [f"{label:>8} |{''.join(row).rstrip()}" for label, row in zip(labels, rows, strict=True)]
    least, most = min(each[0] for each in points), max(each[0] for each in points)
    lines.append(f"{'':>8} +{'-' * WIDTH}")
    lines.append(f"{'':>10}{f'${least:,.2f} a month':<{WIDTH - 16}}{f'${most:,.2f} a month':>16}")
    return "\n".join(lines)


def _axis(values: Sequence[float], cells: int) -> list[int]:
    low, high = log(min(values)), log(max(values))
    if high == low:
        return [0] * len(values)
    return [round((log(each) - low) / (high - low) * (cells - 1)) for each in values]
