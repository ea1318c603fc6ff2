"""The scheduled reconciler's one run."""

from __future__ import annotations

import logging
import os

from core.recovery import Find, Recovery, by_schedule
from core.workflow import environment
from handlers.azure import clients, ports
from handlers.azure.recovery import BlobIntake
from handlers.azure.settings import UPLOADS_QUEUE


def reconcile(find: Find) -> None:
    """Look for what is stuck or unclaimed, send it through the workflow again, and say so."""
    asked = environment.Reconciler.read(os.environ)
    uploads = clients.queues(ports.settings().queues).get_queue_client(os.environ[UPLOADS_QUEUE])
    container = clients.blobs(ports.settings().blobs).get_container_client(
        os.environ[environment.INPUT_CONTAINER]
    )
    recovery = Recovery(
        ports.ledger(),
        BlobIntake(container, asked.prefix, asked.suffixes, uploads),
        ports.notifier(),
        os.environ[environment.RECIPE],
    )
    done = by_schedule(recovery, find, asked.patience)
    logging.info("Looked for what is %s: %s", find, dict(done) or "nothing")
