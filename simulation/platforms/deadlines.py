"""Deadlines that are all equally far away: one queue instead of an entry in the heap for each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from simulation.execution import Execution
from simulation.kernel import Kernel


class Deadlines:
    """Call ``late`` for every execution that has not ended ``seconds`` after it was added."""

    def __init__(self, kernel: Kernel, seconds: float, late: Callable[[Execution], None]) -> None:
        self._kernel, self._seconds, self._late = kernel, seconds, late
        self._waiting: deque[tuple[float, Execution]] = deque()
        self._armed = False

    def add(self, execution: Execution) -> None:
        """Begin an execution's time now."""
        waiting = self._waiting
        while waiting and waiting[0][1].ended >= 0:
            waiting.popleft()
        waiting.append((self._kernel.now + self._seconds, execution))
        if not self._armed:
            self._arm()

    def _arm(self) -> None:
        self._armed = True
        self._kernel.at(self._waiting[0][0], self._check)

    def _check(self, _: object) -> None:
        waiting, now = self._waiting, self._kernel.now
        while waiting and (waiting[0][0] <= now or waiting[0][1].ended >= 0):
            execution = waiting.popleft()[1]
            if execution.ended < 0:
                self._late(execution)
        self._armed = False
        if waiting:
            self._arm()
