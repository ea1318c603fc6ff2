"""One run of the scheduled reconciler."""

from __future__ import annotations

import logging
import os

from core.deployment import variables
from core.recovery import Find, Recovery, by_schedule
from handlers.azure import adapters, clients
from handlers.azure.intake import BlobIntake


def reconcile(find: Find) -> None:
    """Find stuck jobs or unclaimed uploads, run their workflow again, and log the outcome."""
    asked = variables.Reconciler.read(os.environ)
    uploads = clients.queues(adapters.endpoint("queue")).get_queue_client(os.environ[variables.UPLOADS_QUEUE])
    container = clients.blobs(adapters.endpoint("blob")).get_container_client(
        os.environ[variables.INPUT_CONTAINER]
    )
    recovery = Recovery(
        adapters.ledger(),
        BlobIntake(container, asked.prefix, asked.suffixes, uploads),
        adapters.notifier(),
        os.environ[variables.RECIPE],
    )
    done = by_schedule(recovery, find, asked.patience)
    logging.info("Looked for what is %s: %s", find, dict(done) or "nothing")
