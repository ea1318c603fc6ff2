"""The front door as HTTP functions, and its ports on Azure."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import BoundedSemaphore

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import TableClient, UpdateMode
from azure.functions import HttpRequest, HttpResponse
from azure.storage.blob import BlobSasPermissions, BlobServiceClient, UserDelegationKey, generate_blob_sas

from core.deployment import variables
from core.deployment.limits import WAITING_CALLS
from core.front_door.door import FrontDoor
from core.front_door.ports import Request, SignedUpload, Ticket
from core.front_door.problems import Problem
from core.front_door.routes import Route
from core.job import Source
from handlers.azure import adapters, clients
from handlers.azure.errors import translated

RESULT_SECONDS = 3600
# How long a key is used to sign, and how much longer it is valid: no address outlives its key.
KEY_SECONDS = 4 * 3600
CALLS = 32  # of one worker at once
SHARD = 1  # digits of a ticket's id that are its partition

_threads = ThreadPoolExecutor(CALLS)


async def answer(route: Route, asked: HttpRequest) -> HttpResponse:
    """Answer one request; the door may wait, so it runs in a thread of its own."""
    made = await asyncio.get_running_loop().run_in_executor(_threads, _answer, route, asked)
    return made


def _answer(route: Route, asked: HttpRequest) -> HttpResponse:
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
        made = door().answer(request)
    except Problem as problem:
        made = problem.response()
    return HttpResponse(made.body, status_code=int(made.status), headers=dict(made.headers))


def _user(authorization: str) -> str:
    issuer = os.environ.get(variables.SIGN_IN_ISSUER)
    if not issuer:
        return ""
    from handlers.azure.sign_in import user  # a stack without sign-in does without its libraries

    return user(authorization, issuer, os.environ[variables.SIGN_IN_AUDIENCE])


@cache
def door() -> FrontDoor:
    """Return the worker's front door."""
    service = clients.blobs(adapters.endpoint("blob"))
    uploads = os.environ[variables.INPUT_CONTAINER]
    public = os.environ.get(variables.RESULTS_URL, "")
    return FrontDoor(
        tickets(),
        BlobUploads(service, uploads),
        adapters.ledger(),
        BlobSigner(service, uploads, os.environ[variables.OUTPUT_CONTAINER], public),
        Untold(),
        Places(WAITING_CALLS),
        os.environ[variables.RECIPE],
        int(os.environ[variables.MAX_BYTES]),
        os.environ[variables.INPUT_PREFIX],
        tuple(os.environ[variables.STEPS].split(",")),
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


class BlobSigner:
    """See :class:`core.front_door.ports.Signer`; ``public`` is where outputs are public, if they are.

    It signs with a key that is made for the app's identity, or with the account's key on an emulator.
    """

    def __init__(self, service: BlobServiceClient, uploads: str, outputs: str, public: str) -> None:
        self._service = service
        self._uploads = uploads
        self._outputs = outputs
        self._public = public
        self._key: UserDelegationKey | None = None
        self._until = datetime.min.replace(tzinfo=UTC)

    def upload(
        self, key: str, size: int, content_type: str, sha256: str | None, expires: datetime
    ) -> SignedUpload:
        """Sign the creation of one blob, which refuses a second one, with its size and type.

        An address that the account's key signs binds no headers: the job of another upload is rejected.
        Azure's checksum is an MD5, which is not asked for: whoever declares a SHA-256 has it bound on AWS.
        """
        bound = {"Content-Length": str(size), "Content-Type": content_type}
        url = self._signed(self._uploads, key, BlobSasPermissions(create=True), expires, bound)
        return SignedUpload(url, {"Content-Type": content_type, "x-ms-blob-type": "BlockBlob"})

    def result(self, key: str) -> str:
        """Return the public address, or one that is signed for an hour."""
        if self._public:
            return f"{self._public}/{key}"
        ends = datetime.now(UTC) + timedelta(seconds=RESULT_SECONDS)
        return self._signed(self._outputs, key, BlobSasPermissions(read=True), ends)

    def _signed(
        self,
        container: str,
        key: str,
        permission: BlobSasPermissions,
        expires: datetime,
        bound: dict[str, str] | None = None,
    ) -> str:
        account = clients.account(self._service.url)
        secret = os.environ.get(clients.KEY)
        if secret:
            signature = generate_blob_sas(
                account, container, key, account_key=secret, permission=permission, expiry=expires
            )
        else:
            signature = generate_blob_sas(
                account,
                container,
                key,
                user_delegation_key=self._delegated(),
                permission=permission,
                expiry=expires,
                request_headers=bound,
            )
        return f"{self._service.get_blob_client(container, key).url}?{signature}"

    def _delegated(self) -> UserDelegationKey:
        moment = datetime.now(UTC)
        if self._key is None or moment > self._until:
            ends = moment + timedelta(seconds=2 * KEY_SECONDS)
            with translated("the key that signs addresses"):
                self._key = self._service.get_user_delegation_key(moment - timedelta(minutes=5), ends)
            self._until = moment + timedelta(seconds=KEY_SECONDS)
        return self._key


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


class Untold:
    """See :class:`core.front_door.ports.Progress`: the ledger alone tells."""

    def done(self, execution: str) -> Iterator[str]:
        """See :meth:`core.front_door.ports.Progress.done`."""
        return iter(())


def _keys(ticket: str) -> dict[str, str]:
    return {"PartitionKey": ticket[:SHARD], "RowKey": ticket}
