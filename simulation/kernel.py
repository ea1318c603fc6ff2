"""The kernel of the simulation: a clock, and a heap of what happens next."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

type Action = Callable[[Any], None]


class Kernel:
    """Simulated time in seconds. What is due at the same moment happens in the order it was added in."""

    __slots__ = ("_added", "_heap", "events", "now")

    def __init__(self) -> None:
        self.now = 0.0
        self.events = 0
        self._added = 0
        self._heap: list[tuple[float, int, Action, Any]] = []

    def at(self, moment: float, action: Action, subject: Any = None) -> None:
        """Call ``action(subject)`` at a moment, which must not be in the past."""
        self._added += 1
        heappush(self._heap, (moment, self._added, action, subject))

    def run(self, until: float = float("inf")) -> None:
        """Run until nothing is left to happen, or nothing before ``until``."""
        heap, pop = self._heap, heappop
        while heap and heap[0][0] <= until:
            self.now, _, action, subject = pop(heap)
            action(subject)
        self.events = self._added - len(heap)
