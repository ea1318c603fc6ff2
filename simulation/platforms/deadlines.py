"""Deadlines: a queue for all that are equally far away, instead of an entry in the heap for each."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable

from simulation.execution import Execution
from simulation.kernel import Kernel


class Deadlines:
    """Call ``late`` for every execution that has not ended when its program's time is over."""

    def __init__(self, kernel: Kernel, late: Callable[[Execution], None]) -> None:
        self._kernel, self._late = kernel, late
        self._waiting: defaultdict[float, deque[tuple[float, Execution]]] = defaultdict(deque)
        self._armed: set[float] = set()

    def add(self, execution: Execution) -> None:
        """Begin an execution's time now."""
        seconds = execution.program.timeout_seconds
        waiting = self._waiting[seconds]
        while waiting and waiting[0][1].ended >= 0:
            waiting.popleft()
        waiting.append((self._kernel.now + seconds, execution))
        if seconds not in self._armed:
            self._arm(seconds)

    def _arm(self, seconds: float) -> None:
        self._armed.add(seconds)
        self._kernel.at(self._waiting[seconds][0][0], self._check, seconds)

    def _check(self, seconds: float) -> None:
        waiting, now = self._waiting[seconds], self._kernel.now
        while waiting and (waiting[0][0] <= now or waiting[0][1].ended >= 0):
            execution = waiting.popleft()[1]
            if execution.ended < 0:
                self._late(execution)
        self._armed.discard(seconds)
        if waiting:
            self._arm(seconds)
