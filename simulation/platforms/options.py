"""What the settings of a Durable app decide."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True)
class DurableOptions:
    """``polls`` is true of the storage backend; ``prefetch`` and ``episodes`` are an instance's most at once.

    ``together`` is how many instances a decision to scale may add.
    """

    plan: str
    polls: bool
    prefetch: int
    episodes: int
    longest_poll_s: float
    payload_bytes: int
    most_instances: int
    together: int = 1
    partitions: int = 4

    def step(self, backlog: int) -> int:
        """Return how many instances a backlog of messages asks for at once."""
        return max(1, min(self.together, ceil(backlog / self.prefetch)))
