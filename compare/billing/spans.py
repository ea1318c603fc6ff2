"""Time spans in which several tasks share an instance."""

from __future__ import annotations

from collections.abc import Iterable


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Merge overlapping spans (begin, end) into periods, in order."""
    periods: list[tuple[int, int]] = []
    for began, ended in sorted(spans):
        if periods and began <= periods[-1][1]:
            periods[-1] = (periods[-1][0], max(periods[-1][1], ended))
        else:
            periods.append((began, ended))
    return periods
