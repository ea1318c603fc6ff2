"""The bridge from Azurite's access log to the subscribed queues."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from azure.core.exceptions import AzureError, ResourceNotFoundError

from local.azure import tasks
from local.azure.eventgrid.access_log import BlobWrite, blob_write, follow
from local.azure.eventgrid.events import blob_created, subject
from local.azure.eventgrid.subscription import Subscription
from local.azure.storage import Storage
from local.azure.tasks import Tasks

LOG = logging.getLogger(__name__)
RETRY_SECONDS = (1, 2, 5, 10, 30)  # Event Grid retries for a day


class Bridge:
    """Follow the log and deliver events until stopped; ``subscriptions`` may change at any time.

    The log does not say which version of a blob a request wrote: two writes of one blob within
    milliseconds may yield two events that both describe the later version.
    """

    def __init__(self, storage: Storage, access_log: Path) -> None:
        self.subscriptions: dict[str, Subscription] = {}
        self._storage = storage
        self._deliveries = Tasks(LOG)
        self._follower = tasks.start(self._follow(access_log), LOG)

    async def stop(self) -> None:
        """Stop delivering events."""
        self._follower.cancel()
        await asyncio.gather(self._follower, return_exceptions=True)
        self._deliveries.cancel()
        await self._deliveries.all()

    async def _follow(self, access_log: Path) -> None:
        async for line in follow(access_log):
            write = blob_write(line)
            if write and self._subscribed(write):
                self._deliveries.add(self._publish(write))

    def _subscribed(self, write: BlobWrite) -> list[Subscription]:
        what = subject(write)
        return [each for each in self.subscriptions.values() if each.matches(write.account, what)]

    async def _publish(self, write: BlobWrite) -> None:
        blob = self._storage.blob_client(write.account, write.container, write.key)
        try:
            properties = await _insist(blob.get_blob_properties, ResourceNotFoundError)
        except ResourceNotFoundError:
            return  # the blob has been deleted since
        except AzureError as error:
            LOG.error(
                "No event is sent for the write of %s/%s: %s", write.container, write.key, error.message
            )
            return
        event = blob_created(write, properties, f"{self._storage.blob}/{write.account}")
        for subscription in self._subscribed(write):
            self._deliveries.add(self._deliver(event, subscription))

    async def _deliver(self, event: dict[str, Any], subscription: Subscription) -> None:
        queue = self._storage.queue_client(subscription.queue_account, subscription.queue)
        text = base64.b64encode(json.dumps(event).encode()).decode()
        try:
            await _insist(lambda: queue.send_message(text))
        except AzureError as error:
            LOG.error(
                "The queue %s did not receive the event for %s: %s",
                subscription.queue,
                event["subject"],
                error.message,
            )


async def _insist[T](call: Callable[[], T], *final: type[AzureError]) -> T:
    """Return the result of ``call``, with retries after Azure errors other than ``final``."""
    for pause in RETRY_SECONDS:
        try:
            return await asyncio.to_thread(call)
        except final:
            raise
        except AzureError as error:
            LOG.warning("Azurite: %s Trying again.", error.message)
            await asyncio.sleep(pause)
    return await asyncio.to_thread(call)
