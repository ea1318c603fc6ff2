"""Delete the history of old orchestrations, which Durable Functions keeps for ever on Azure Storage.

A Durable Task Scheduler does it by itself: see components/azure/orchestration.py.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any, Protocol

from azure.durable_functions import OrchestrationRuntimeStatus

from core.deployment.limits import LEDGER_RETENTION

EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)  # the SDK requires a beginning
ENDED = [
    OrchestrationRuntimeStatus.Completed,
    OrchestrationRuntimeStatus.Failed,
    OrchestrationRuntimeStatus.Terminated,
    OrchestrationRuntimeStatus.Canceled,
]


class Client(Protocol):
    """The part of a Durable client that is used."""

    async def purge_instance_history_by(self, begin: datetime, end: datetime, status: list[Any]) -> Any:
        """Delete the history of all orchestrations that began between the two times and have this status."""


async def purge(client: Client, seconds: float) -> None:
    """Delete what began before the ledger's retention and has ended; wait for it at most so many seconds.

    The host deletes. It goes on after that time, and whatever it does not reach is left to the next run.
    """
    until = datetime.now(UTC) - LEDGER_RETENTION
    try:
        done = await asyncio.wait_for(client.purge_instance_history_by(EARLIEST, until, ENDED), seconds)
        logging.info("Deleted the history of %s orchestrations.", done.instances_deleted)
    except TimeoutError:
        logging.info("The history of old orchestrations is still being deleted after %s s.", seconds)
