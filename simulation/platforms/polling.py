"""Polling: how long a message waits until an instance looks for it."""

from __future__ import annotations

from simulation.book import Values
from simulation.platforms.options import DurableOptions
from simulation.streams import Draw


class Polling:
    """The longer an instance found nothing, the longer it pauses; work that is pushed waits for no poll."""

    def __init__(self, values: Values, options: DurableOptions, uniform: Draw) -> None:
        self._polls = options.polls
        self._least_s, self._most_s = values["azure.poll_least_s"], options.longest_poll_s
        self._growth = values["azure.poll_growth"]
        self._uniform = uniform

    def wait_s(self, idle: float) -> float:
        """Return what remains of a pause, for an instance that found nothing for ``idle`` seconds."""
        if not self._polls:
            return 0.0
        return min(self._most_s, max(self._least_s, idle * self._growth)) * self._uniform()
