"""Climb from random cases to the worst of each kind of file."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping

from tools.worst.cases import MODES, changed, drawn
from tools.worst.measuring import Measured, measured, warm_up

# The quantities that the search maximises, by name.
OBJECTIVES: Mapping[str, Callable[[Measured], float]] = {
    "memory": lambda found: found.memory,
    "cpu": lambda found: found.cpu,
    "cpu per MB": lambda found: found.cpu_per_mb,
}


def search(
    seconds: float, seed: int, pixels: int = 4_000_000, kinds: tuple[str, ...] = tuple(MODES)
) -> dict[tuple[str, str], Measured]:
    """Return the worst cases found in about this many seconds, by kind of file and objective."""
    warm_up()
    chance, worst = random.Random(seed), dict[tuple[str, str], Measured]()  # noqa: S311 - repeatable, not secret
    ends = time.monotonic() + seconds
    waiting = list(kinds)
    while waiting or time.monotonic() < ends:
        kind = waiting.pop() if waiting else chance.choice(kinds)
        known = worst.get((kind, chance.choice([*OBJECTIVES])))
        climb = known is not None and chance.random() < 0.6
        case = changed(known.case, chance, pixels) if climb and known else drawn(chance, pixels, (kind,))
        if found := measured(case):
            for name, score in OBJECTIVES.items():
                if (kind, name) not in worst or score(found) > score(worst[kind, name]):
                    worst[kind, name] = found
    return worst
