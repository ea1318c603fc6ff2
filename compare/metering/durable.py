"""What one orchestration makes Durable Functions count, whichever store keeps its state."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from compare.billing import durable_scheduler, durable_storage

SCHEDULER = "scheduler"  # the orchestrator setting
DEADLINE = 1  # the timer that every orchestration starts with, and that comes due long after its end


@dataclass(frozen=True)
class Orchestration:
    """Runs of the orchestrator, storage operations if the state is in storage, actions if in a scheduler."""

    episodes: int
    queue_operations: int
    table_operations: int
    actions: int


@cache
def orchestration(activities: int, retries: int) -> Orchestration:
    """Return the counts for so many activities, ``retries`` of them after waiting for a timer."""
    each, due = Decimal(activities), Decimal(retries)
    return Orchestration(
        episodes=int(durable_storage.episodes(each) + due),
        queue_operations=int(durable_storage.queue_operations(each, timers=due + DEADLINE)),
        table_operations=int(durable_storage.table_operations(each, timers=due)),
        actions=int(durable_scheduler.actions(each, timers=due)),
    )
