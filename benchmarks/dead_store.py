"""Simulate what a store that never answers costs, with and without the breaker.

    .venv/bin/python -m benchmarks.dead_store

Uploads come at a steady rate for ten minutes and each meets the store in its first step, which is tried three
times. As on Lambda, a try goes to the worker that became idle last, or else to a new one. The breaker is the
functions' own; the pauses between tries are the workflow's, with full jitter.
"""

from __future__ import annotations

import heapq
import itertools
import random
from dataclasses import dataclass

from rich.console import Console

from core.errors import StoreUnavailable
from core.store.breaker import Breaker
from core.workflow.retries import Retry

HANG_SECONDS = 20.3  # two requests of 10 s, and the SDK's pause between them
REFUSED_SECONDS = 0.02
MINUTES = 10
RETRY = Retry(())


@dataclass
class Clock:
    """The simulated time in seconds."""

    seconds: float = 0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


def cost(uploads_a_second: float, *, with_breaker: bool) -> float:
    """Return the seconds of function time that a job takes on average."""
    clock, dice, order = Clock(), random.Random(1), itertools.count()  # noqa: S311 - reproducible on purpose
    jobs = int(uploads_a_second * MINUTES * 60)
    tries = [(number / uploads_a_second, next(order), 0, None) for number in range(jobs)]
    events: list[tuple[float, int, int, Breaker | None]] = list(tries)
    idle: list[Breaker] = []
    busy = 0.0
    while events:
        clock.seconds, _, number, worker = heapq.heappop(events)
        if worker is not None:
            _fail(worker)
            idle.append(worker)
            continue
        worker = idle.pop() if idle else Breaker(clock)
        if with_breaker and worker.is_open:
            took = REFUSED_SECONDS
            idle.append(worker)
        else:
            took = HANG_SECONDS
            heapq.heappush(events, (clock.seconds + took, next(order), number, worker))
        busy += took
        if number < RETRY.max_attempts:
            pause = dice.uniform(0, RETRY.wait(number))
            heapq.heappush(events, (clock.seconds + took + pause, next(order), number + 1, None))
    return busy / jobs


def _fail(worker: Breaker) -> None:
    try:
        with worker.guarding("a photo"):
            raise StoreUnavailable("It did not answer.")
    except StoreUnavailable:
        return


def main() -> None:
    """Print a line for each rate."""
    for rate in (0.1, 1.0, 10.0):
        without, spared = (cost(rate, with_breaker=each) for each in (False, True))
        Console().print(f"{rate:4} uploads a second: {without:.0f} s a job, {spared:.0f} s with the breaker")


if __name__ == "__main__":
    main()
