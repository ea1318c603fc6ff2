"""The notifier port on storage queues."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.job import Job
from core.workflow.notification import message
from handlers.azure.errors import translated

if TYPE_CHECKING:
    from azure.storage.queue import QueueServiceClient


class QueueNotifier:
    """One queue, by name, for each topic; each message is the notification as JSON text."""

    def __init__(self, service: QueueServiceClient, queues: Mapping[str, str]) -> None:
        self._service = service
        self._queues = queues

    def publish(self, topic: str, job: Job, link: str = "") -> None:
        """See :meth:`core.ports.Notifier.publish`."""
        queue = self._queues[topic]
        with translated(f"queue {queue}"):
            self._service.get_queue_client(queue).send_message(json.dumps(message(job, link)))
