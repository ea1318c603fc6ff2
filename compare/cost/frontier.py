"""The choices that no other beats in both of two measures, such as cost and time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

type Measures = tuple[Decimal | float, float]


def frontier[Item](items: Iterable[Item], measures: Callable[[Item], Measures]) -> list[Item]:
    """Return the items that no other beats in one measure without losing in the other, lowest first."""
    ranked = sorted(items, key=measures)
    kept: list[Item] = []
    for each in ranked:
        if not kept or measures(each)[1] < measures(kept[-1])[1] or measures(each) == measures(kept[-1]):
            kept.append(each)
    return kept
