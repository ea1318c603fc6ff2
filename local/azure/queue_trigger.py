"""Run a function for each message of a storage queue, as the Functions host does."""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.queue import QueueClient, QueueMessage

from local.azure import tasks
from local.azure.errors import FunctionFailed
from local.azure.host_json import QueueOptions
from local.azure.process import Value
from local.azure.tasks import Tasks

SHORTEST_PAUSE = 0.1  # seconds, as in the Functions host
LONGEST_PAUSE = 0.5  # the Functions host goes up to maxPollingInterval, a minute by default
LOCKED_SECONDS = 600  # how long a message stays hidden while its function runs, as on Azure

type Run = Callable[[Value, dict[str, Value]], Awaitable[object]]
"""Run the function on a message's body and its trigger metadata."""


class QueueTrigger:
    """Poll ``queue`` until stopped; messages that fail too often go to ``poison``."""

    def __init__(
        self, queue: QueueClient, poison: QueueClient, options: QueueOptions, run: Run, log: logging.Logger
    ) -> None:
        self._queue = queue
        self._poison = poison
        self._options = options
        self._run = run
        self._log = log
        self._running = Tasks(log)
        self._poller = tasks.start(self._poll(), log)

    async def stop(self) -> None:
        """Stop taking messages and wait for the running functions."""
        self._poller.cancel()
        await asyncio.gather(self._poller, return_exceptions=True)
        await self._running.all()

    async def _poll(self) -> None:
        pause = SHORTEST_PAUSE
        longest = max(SHORTEST_PAUSE, min(LONGEST_PAUSE, self._options.max_polling_interval))
        while True:
            # Shielded: a message that was taken is handled even if the trigger is stopped meanwhile.
            taken = asyncio.create_task(self._take())
            if await asyncio.shield(taken):
                pause = SHORTEST_PAUSE
            else:
                await asyncio.sleep(pause)
                pause = min(pause * 2, longest)
            while len(self._running) > self._options.batch_size // 2:
                await self._running.first()

    async def _take(self) -> int:
        try:
            messages = await asyncio.to_thread(self._receive)
        except ResourceNotFoundError:
            return 0
        except AzureError as error:
            self._log.warning("The queue %s cannot be read: %s", self._queue.queue_name, error.message)
            return 0
        for message in messages:
            self._running.add(self._handle(message))
        return len(messages)

    def _receive(self) -> list[QueueMessage]:
        pages = self._queue.receive_messages(
            messages_per_page=self._options.batch_size,
            max_messages=self._options.batch_size,
            visibility_timeout=LOCKED_SECONDS,
        )
        return list(pages)

    async def _handle(self, message: QueueMessage) -> None:
        try:
            if await self._succeeds(message):
                await asyncio.to_thread(self._queue.delete_message, message)
            elif (message.dequeue_count or 0) >= self._options.max_dequeue_count:
                await asyncio.to_thread(self._move_to_poison, message)
            else:
                await asyncio.to_thread(
                    self._queue.update_message,
                    message,
                    visibility_timeout=int(self._options.visibility_timeout),
                )
        except AzureError as error:
            self._log.warning("A message of %s cannot be settled: %s", self._queue.queue_name, error.message)

    async def _succeeds(self, message: QueueMessage) -> bool:
        try:
            body = decode(message.content, self._options.message_encoding)
        except ValueError:
            self._log.error("A message of %s is not base64 text.", self._queue.queue_name)
            message.dequeue_count = self._options.max_dequeue_count  # a retry would fail too
            return False
        try:
            await self._run(body, metadata(message))
        except FunctionFailed as error:
            self._log.error("A message of %s failed: %s", self._queue.queue_name, error)
            return False
        return True

    def _move_to_poison(self, message: QueueMessage) -> None:
        try:
            self._poison.send_message(message.content)
        except ResourceNotFoundError:
            self._poison.create_queue()
            self._poison.send_message(message.content)
        self._queue.delete_message(message)
        self._log.error("A message of %s went to %s.", self._queue.queue_name, self._poison.queue_name)


def decode(content: str, encoding: str) -> Value:
    """Return a message's body as the app receives it; ``encoding`` is host.json's ``messageEncoding``.

    Raises:
        ValueError: The encoding is base64 and the text is not valid base64.
    """
    if encoding != "base64":
        return {"type": "string", "value": content}
    try:
        plain = base64.b64decode(content, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
    try:
        return {"type": "string", "value": plain.decode()}
    except UnicodeDecodeError:
        return {"type": "bytes", "value": content}


def metadata(message: QueueMessage) -> dict[str, Value]:
    """Return the host's metadata of a message."""

    def text(value: object) -> Value:
        return {"type": "string", "value": value.isoformat() if isinstance(value, datetime) else str(value)}

    return {
        "Id": text(message.id),
        "DequeueCount": {"type": "json", "value": str(message.dequeue_count)},
        "InsertionTime": text(message.inserted_on),
        "ExpirationTime": text(message.expires_on),
        "NextVisibleTime": text(message.next_visible_on),
        "PopReceipt": text(message.pop_receipt),
        "QueueTrigger": text(message.content),
    }
