"""One run of the scheduled reconciler."""

from __future__ import annotations

import logging
import os
import time
from datetime import UTC, datetime

from core.deployment import variables
from core.deployment.limits import LEDGER_RETENTION
from core.deployment.names import LOOK, UNCLAIMED
from core.ports import ObjectStore
from core.recovery.jobs import Recovery
from core.recovery.schedule import Find, InParts, by_schedule
from core.trace import stamp
from handlers.azure import adapters, clients
from handlers.azure.intake import BlobIntake

# The most that a look is in bytes: the marks of its filter, which are packed, and what it has found.
LARGEST = 128 * 2**20


class KeptLook:
    """The blob with a look that ran out of time; the lifecycle of its folder deletes it."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def load(self) -> bytes:
        """See :meth:`core.recovery.schedule.Kept.load`."""
        return self._store.get(LOOK, LARGEST)

    def save(self, data: bytes) -> None:
        """See :meth:`core.recovery.schedule.Kept.save`."""
        self._store.put(LOOK, data, "application/octet-stream")


def reconcile(find: Find) -> None:
    """Find stuck jobs or unclaimed uploads, run their workflow again, and log the outcome.

    The host ends every function of the app at the same time limit, that of a step: a run stops well before.
    """
    began, seconds = time.monotonic(), float(os.environ[variables.RUN_SECONDS])
    asked = variables.Reconciler.read(os.environ)
    uploads = clients.queues(adapters.endpoint("queue")).get_queue_client(os.environ[variables.UPLOADS_QUEUE])
    container = clients.blobs(adapters.endpoint("blob")).get_container_client(
        os.environ[variables.INPUT_CONTAINER]
    )
    ledger, intake = adapters.ledger(), BlobIntake(container, asked.prefix, asked.suffixes, uploads)
    in_parts = InParts(
        ledger.pages,
        intake.pages,
        KeptLook(adapters.store(os.environ[variables.OUTPUT_CONTAINER])),
        over=lambda: time.monotonic() - began > seconds,
    )
    recovery = Recovery(ledger, intake, adapters.notifier(), os.environ[variables.RECIPE])
    done = by_schedule(recovery, find, asked.patience, in_parts)
    if find == UNCLAIMED and adapters.front_door():
        # Imported here: a deployment without it does not have it.
        from handlers.azure.front_door import tickets

        tickets().expire(stamp(datetime.now(UTC) - LEDGER_RETENTION))
    logging.info("Looked for what is %s: %s", find, dict(done) or "nothing")
