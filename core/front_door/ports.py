"""What the front door needs of a cloud, and what it is asked; implemented in ``handlers/<cloud>``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from core.job import Source


@dataclass(frozen=True)
class Request:
    """A request; names of headers are in lower case.

    ``path`` begins with a slash and is relative to the API's address. ``user`` is who signed in, if the stack
    demands that.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    user: str = ""


@dataclass(frozen=True)
class Response:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: str = field(default="", repr=False)


@dataclass(frozen=True)
class Ticket:
    """An upload that was asked for. Times are ISO 8601 UTC.

    ``id`` is the hash of the handle, which is not kept, and ``owner`` that of the user. ``job`` is the job's
    id, once the upload has been seen.
    """

    id: str
    name: str
    key: str
    created: str
    expires: str
    owner: str = ""
    job: str = ""


@dataclass(frozen=True)
class SignedUpload:
    """An address that takes one upload by PUT with these headers."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


class Tickets(Protocol):
    """The table of tickets."""

    def add(self, ticket: Ticket) -> None:
        """Write a new ticket."""

    def get(self, ticket: str) -> Ticket | None:
        """Return the ticket with this id, or ``None``."""

    def found(self, ticket: Ticket, job: str) -> None:
        """Write which job the ticket's upload has."""


class Signer(Protocol):
    """Signs addresses of the store."""

    def upload(
        self, key: str, size: int, content_type: str, sha256: str | None, expires: datetime
    ) -> SignedUpload:
        """Return an address that takes exactly this upload, once; ``sha256`` in hex digits."""

    def result(self, key: str) -> str:
        """Return an address of an output that works for an hour."""


class Uploads(Protocol):
    """The container of uploads."""

    def find(self, key: str) -> Source | None:
        """Return the upload under the key, or ``None`` if it has not come."""


class Places(Protocol):
    """Places for calls that wait for a change, so that they leave the platform to others."""

    def taken(self) -> AbstractContextManager[bool]:
        """Hold a place for the block if one is free; yield whether it was."""


class Progress(Protocol):
    """What the orchestrator knows of a job under way."""

    def done(self, execution: str) -> Iterable[str]:
        """Return the steps that the execution has done; nothing if the platform cannot tell."""
