"""Tell an orchestration that a person has decided about its job."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

from core.ledger import AWAITING, Ledger, LedgerRow
from core.workflow.interpreter import DECIDED
from handlers.azure.errors import translated

if TYPE_CHECKING:
    from azure.storage.queue import QueueClient


class Client(Protocol):
    """The part of a Durable client that is used."""

    async def raise_event(self, instance_id: str, event_name: str, event_data: str) -> None:
        """Send an event to an orchestration, which keeps it until it waits for it."""


def wake(row: LedgerRow, decisions: QueueClient) -> None:
    """Send the job's id to the queue of decisions, from which the app raises the event."""
    with translated(f"queue {decisions.queue_name}"):
        decisions.send_message(row.id)


async def tell(job: str, ledger: Ledger, client: Client) -> None:
    """Raise the event if the job waits and there is a decision; whatever else the queue has is ignored."""
    row = ledger.get(job)
    if row is None or row.state != AWAITING or not row.decision:
        logging.info("No job waits for this decision.")
        return
    instance, _, _ = row.document["execution"].partition("/")
    await client.raise_event(instance, DECIDED, row.decision)
