"""The ports of this function app, made once from its settings."""

from __future__ import annotations

import os
from functools import cache

from handlers.azure import clients
from handlers.azure.ledger import TableLedger
from handlers.azure.notifications import QueueNotifier
from handlers.azure.settings import Settings
from handlers.azure.stores import BlobStore


def store(container: str) -> BlobStore:
    """Return the store of one container."""
    return BlobStore(clients.blobs(settings().blobs), container)


@cache
def ledger() -> TableLedger:
    """Return the ledger."""
    return TableLedger(clients.tables(settings().tables).get_table_client(settings().ledger_table))


@cache
def notifier() -> QueueNotifier:
    """Return the notifier of both topics."""
    queues = {"success": settings().success_queue, "error": settings().error_queue}
    return QueueNotifier(clients.queues(settings().queues), queues)


@cache
def settings() -> Settings:
    """Return the app's own settings."""
    return Settings.read(os.environ)
