"""The usage of one Durable Functions orchestration, for both of its state stores."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from compare.billing import durable_scheduler, durable_storage
from compare.metering import review

SCHEDULER = "scheduler"  # the orchestrator setting
DEADLINE = 1  # every orchestration starts with a timer that comes due long after its end


@dataclass(frozen=True)
class Orchestration:
    """Episodes of the orchestrator, and storage operations or scheduler actions, depending on the store."""

    episodes: int
    queue_operations: int
    table_operations: int
    actions: int


@cache
def orchestration(activities: int, retries: int, reviewed: bool = False) -> Orchestration:
    """Return the counts for ``activities``, of which ``retries`` follow a timer.

    One that a person ``reviewed`` is resumed by an event, too.
    """
    each, due = Decimal(activities), Decimal(retries)
    events, timers = Decimal(review.EVENTS * reviewed), Decimal(review.TIMERS * reviewed)
    return Orchestration(
        episodes=int(durable_storage.episodes(each) + due + events),
        queue_operations=int(
            durable_storage.queue_operations(each, timers=due + DEADLINE + timers)
            + events * review.EVENT_OPERATIONS
        ),
        table_operations=int(durable_storage.table_operations(each, timers=due + events)),
        actions=int(durable_scheduler.actions(each, timers=due) + events + timers),
    )
