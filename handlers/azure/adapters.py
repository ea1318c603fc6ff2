"""This function app's adapters of the ports, created once from its app settings."""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec

from core.deployment.names import REVIEW_PAGE, functions_url
from core.deployment.variables import (
    CONNECTION,
    ERROR_QUEUE,
    HOST_NAME,
    LEDGER_TABLE,
    REVIEW_QUEUE,
    SUCCESS_QUEUE,
    TICKETS_TABLE,
    required,
    service_uri,
)
from core.review.decisions import TOPIC
from handlers.azure import clients
from handlers.azure.ledger import TableLedger
from handlers.azure.notifications import QueueNotifier
from handlers.azure.stores import BlobStore


def store(container: str) -> BlobStore:
    """Return the store of one container."""
    return BlobStore(clients.blobs(endpoint("blob")), container)


@cache
def ledger() -> TableLedger:
    """Return the ledger."""
    service = clients.tables(endpoint("table"))
    return TableLedger(service.get_table_client(required(os.environ, LEDGER_TABLE)))


@cache
def notifier() -> QueueNotifier:
    """Return the notifier of all topics; that of reviews exists only if there are any."""
    queues = {
        "success": required(os.environ, SUCCESS_QUEUE),
        "error": required(os.environ, ERROR_QUEUE),
    }
    if queue := os.environ.get(REVIEW_QUEUE):
        queues[TOPIC] = queue
    return QueueNotifier(clients.queues(endpoint("queue")), queues)


def review_page() -> str:
    """Return the address of the review page: App Service names the host. Empty, and no link, without it."""
    host = os.environ.get(HOST_NAME, "")
    return f"{functions_url(host)}/{REVIEW_PAGE}" if host else ""


def front_door() -> bool:
    """Return whether the app has a front door: its settings arrive before the package that has its code."""
    return TICKETS_TABLE in os.environ and find_spec("core.front_door") is not None


def endpoint(service: str) -> str:
    """Return the photo account's endpoint: "blob", "queue" or "table".

    Raises:
        SettingsError: The app setting is missing.
    """
    return required(os.environ, service_uri(CONNECTION, service))
