"""The front door as HTTP functions, and its ports on Azure."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore
from typing import Any, Protocol

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import TableClient, UpdateMode
from azure.functions import HttpRequest, HttpResponse
from azure.storage.blob import BlobServiceClient

from core.deployment import variables
from core.deployment.limits import WAITING_CALLS
from core.front_door.door import FrontDoor
from core.front_door.ports import Progress, Request, Ticket
from core.front_door.problems import Problem
from core.front_door.routes import Route
from core.job import Source
from handlers.azure import adapters, clients
from handlers.azure.errors import translated
from handlers.azure.signing import BlobSigner

CALLS = 32  # of one worker at once
STATUS_SECONDS = 5
SHARD = 1  # digits of a ticket's id that are its partition

_threads = ThreadPoolExecutor(CALLS)


class Client(Protocol):
    """The part of a Durable client that is used."""

    async def get_status(self, instance_id: str) -> Any:
        """Return what is known of an orchestration."""


async def answer(route: Route, asked: HttpRequest, client: Client) -> HttpResponse:
    """Answer one request; the door may wait, so it runs in a thread of its own."""
    loop = asyncio.get_running_loop()
    made = await loop.run_in_executor(_threads, _answer, route, asked, Orchestrations(client, loop))
    return made


def _answer(route: Route, asked: HttpRequest, progress: Progress) -> HttpResponse:
    headers = {name.lower(): value for name, value in asked.headers.items()}
    try:
        user = _user(headers.get("authorization", "")) if route.guarded else ""
        request = Request(
            asked.method,
            route.path.format(**asked.route_params),
            asked.params,
            headers,
            asked.get_body() or b"",
            user,
        )
        made = door(progress).answer(request)
    except Problem as problem:
        made = problem.response()
    return HttpResponse(made.body, status_code=int(made.status), headers=dict(made.headers))


def _user(authorization: str) -> str:
    issuer = os.environ.get(variables.SIGN_IN_ISSUER)
    if not issuer:
        return ""
    from handlers.azure.sign_in import user  # a stack without sign-in does without its libraries

    return user(authorization, issuer, os.environ[variables.SIGN_IN_AUDIENCE])


def door(progress: Progress) -> FrontDoor:
    """Return the worker's front door, for a call that looks at orchestrations in this way."""
    return FrontDoor(
        tickets(),
        BlobUploads(clients.blobs(adapters.endpoint("blob")), os.environ[variables.INPUT_CONTAINER]),
        adapters.ledger(),
        signer(),
        progress,
        _places,
        os.environ[variables.RECIPE],
        int(os.environ[variables.MAX_BYTES]),
        os.environ[variables.INPUT_PREFIX],
        tuple(os.environ[variables.STEPS].split(",")),
    )


@cache
def signer() -> BlobSigner:
    """Return the worker's signer, which keeps its key."""
    return BlobSigner(
        clients.blobs(adapters.endpoint("blob")),
        os.environ[variables.INPUT_CONTAINER],
        os.environ[variables.OUTPUT_CONTAINER],
        os.environ.get(variables.RESULTS_URL, ""),
    )


@cache
def tickets() -> TableTickets:
    """Return the worker's table of tickets."""
    tables = clients.tables(adapters.endpoint("table"))
    return TableTickets(tables.get_table_client(os.environ[variables.TICKETS_TABLE]))


class TableTickets:
    """See :class:`core.front_door.ports.Tickets`."""

    def __init__(self, table: TableClient) -> None:
        self._table = table

    def add(self, ticket: Ticket) -> None:
        """See :meth:`core.front_door.ports.Tickets.add`."""
        with translated(f"table {self._table.table_name}"):
            self._table.upsert_entity({**_keys(ticket.id), **vars(ticket)})

    def get(self, ticket: str) -> Ticket | None:
        """See :meth:`core.front_door.ports.Tickets.get`."""
        with translated(f"table {self._table.table_name}"):
            try:
                held = self._table.get_entity(*_keys(ticket).values())
            except ResourceNotFoundError:
                return None
        return Ticket(**{name: held[name] for name in Ticket.__dataclass_fields__})

    def found(self, ticket: Ticket, job: str) -> None:
        """See :meth:`core.front_door.ports.Tickets.found`."""
        with translated(f"table {self._table.table_name}"):
            self._table.update_entity({**_keys(ticket.id), "job": job}, mode=UpdateMode.MERGE)

    def expire(self, moment: str) -> int:
        """Delete the tickets that were made before the moment (ISO 8601 UTC); return how many."""
        old = self._table.query_entities(
            "created lt @moment", parameters={"moment": moment}, select=["PartitionKey", "RowKey"]
        )
        deleted = 0
        with translated(f"table {self._table.table_name}"):
            for each in old:
                self._table.delete_entity(each)
                deleted += 1
        return deleted


class BlobUploads:
    """See :class:`core.front_door.ports.Uploads`."""

    def __init__(self, service: BlobServiceClient, container: str) -> None:
        self._service = service
        self._container = container

    def find(self, key: str) -> Source | None:
        """See :meth:`core.front_door.ports.Uploads.find`."""
        with translated(f"object {key!r}"):
            try:
                found = self._service.get_blob_client(self._container, key).get_blob_properties()
            except ResourceNotFoundError:
                return None
        return Source(self._container, key, str(found.etag).strip('"'), found.size)


class Places:
    """See :class:`core.front_door.ports.Places`: those of this instance."""

    def __init__(self, places: int) -> None:
        self._free = BoundedSemaphore(places)

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """See :meth:`core.front_door.ports.Places.taken`."""
        taken = self._free.acquire(blocking=False)
        try:
            yield taken
        finally:
            if taken:
                self._free.release()


class Orchestrations:
    """See :class:`core.front_door.ports.Progress`; asked of the Durable client of the call that looks."""

    def __init__(self, client: Client, loop: asyncio.AbstractEventLoop) -> None:
        self._client = client
        self._loop = loop

    def done(self, execution: str) -> Sequence[str]:
        """See :meth:`core.front_door.ports.Progress.done`; without an answer, the ledger alone tells."""
        instance, _, _ = execution.partition("/")
        asked = asyncio.run_coroutine_threadsafe(self._client.get_status(instance), self._loop)
        try:
            status = asked.result(STATUS_SECONDS)
        except Exception:  # of any class, by the SDK's generation
            logging.warning("It is not known how far the orchestration %s is.", instance, exc_info=True)
            return ()
        return list(status.custom_status or ()) if status else ()


_places = Places(WAITING_CALLS)


def _keys(ticket: str) -> dict[str, str]:
    return {"PartitionKey": ticket[:SHARD], "RowKey": ticket}
