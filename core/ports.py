"""What the core needs of a cloud: implemented in ``handlers/<cloud>`` and, in memory, in ``core.memory``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from core.errors import TooManyBytes
from core.job import Job, Source

# A row that was given back: the next delivery of the upload's event may claim it.
RELEASED = "released"

OPEN = ("claimed", RELEASED)  # the states of jobs that have not ended

# What every object store writes with its objects: a key under ``jobs/`` never gets other bytes.
CACHE_CONTROL = "public, max-age=31536000, immutable"


def check_size(size: int, max_bytes: int) -> None:
    """Refuse to read an object that is larger than ``max_bytes``.

    Raises:
        TooManyBytes: It is.
    """
    if size > max_bytes:
        raise TooManyBytes(f"The file has {size:,} bytes; at most {max_bytes:,} are accepted.")


class ObjectStore(Protocol):
    """One container of objects."""

    def get(self, key: str, max_bytes: int) -> bytes:
        """Return the object's bytes.

        Raises:
            TooManyBytes: It is larger than ``max_bytes``; raised before it is read into memory.
            ObjectMissing: There is no such object.
            StoreUnavailable: The store can't answer now.
        """

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Write the object, over an older one of the same key, with this type and a one-year cache header.

        Raises:
            StoreUnavailable: The store can't answer now.
        """


@dataclass(frozen=True)
class LedgerRow:
    """One job's row. ``document`` is the job's last recorded JSON; times are ISO 8601 UTC."""

    id: str
    state: str
    claimed_at: str
    updated_at: str
    document: dict[str, Any]


class Ledger(Protocol):
    """The table with one row a job, as people, tools and the reconciler use it."""

    def get(self, job_id: str) -> LedgerRow | None:
        """Return the row, or ``None`` if there is none."""

    def list(self) -> Iterator[LedgerRow]:
        """Yield all rows, in no particular order."""

    def open_before(self, moment: datetime) -> Iterator[LedgerRow]:
        """Yield the rows of jobs that have not ended and were last changed before ``moment`` (UTC).

        Unlike :meth:`list`, it reads little more than it yields: jobs that have ended cost nothing.
        """

    def release(self, row: LedgerRow) -> bool:
        """Give the job back, so that the next delivery of its upload's event may claim it.

        ``False``, and nothing is written, if the row has changed since it was read.
        """

    def end(self, row: LedgerRow, job: Job) -> bool:
        """Write the job's final state and document in the place of an execution that never will.

        ``False``, and nothing is written, if the row has changed since it was read.
        """

    def expire(self, moment: datetime, at_most: int) -> int:
        """Delete up to ``at_most`` rows of jobs that have ended and were claimed before ``moment`` (UTC).

        Returns how many were deleted: none where the table deletes expired rows by itself.
        """


class Claims(Protocol):
    """The same table as the workflow writes it; on AWS the state machine itself does."""

    def claim(self, job: Job) -> bool:
        """Insert the job's row, or take over a released one; ``False`` if another execution holds it already.

        Claiming again from the execution that holds the row is ``True``: a retried claim is no duplicate.
        """

    def record(self, job: Job) -> bool:
        """Write the job's final state and document to the row that its execution claimed.

        ``False``, and nothing is written, if another execution holds the row or the job ended in another
        state already. Recording the same state again is ``True``: a retried record is harmless.

        Raises:
            ObjectMissing: Nobody has claimed the job.
        """


class Notifier(Protocol):
    """Where people and machines hear of a job's end."""

    def publish(self, topic: str, job: Job) -> None:
        """Send the job's notification to ``topic``: "success" or "error"."""


@dataclass(frozen=True)
class Upload:
    """An object that starts a job; ``stored_at`` is ISO 8601 UTC."""

    source: Source
    stored_at: str


class Intake(Protocol):
    """Where uploads are, and where their events enter the workflow."""

    def uploads(self) -> Iterator[Upload]:
        """Yield the uploads in the input container that start a job, in no particular order."""

    def deliver(self, upload: Upload) -> None:
        """Deliver the upload's event, as the store's own first delivery did.

        Raises:
            StoreUnavailable: It can't be delivered now.
        """


HELD_SECONDS = 60  # how long a dead letter that was taken is kept from others
SHOWN = 80  # characters of a message that cannot be understood


@dataclass(frozen=True)
class DeadLetter:
    """A message that was set aside: its uploads, or none if it is not an upload's event.

    ``text`` is the beginning of what it says, ``handle`` what its place needs to find it again.
    """

    uploads: tuple[Upload, ...]
    since: str
    text: str
    handle: Any


class DeadLetters(Protocol):
    """A place where events end that could not be delivered or handled."""

    def take(self) -> Iterator[DeadLetter]:
        """Yield each letter once, and keep it from others for a minute."""

    def put_back(self, letter: DeadLetter) -> None:
        """Let others take the letter again."""

    def remove(self, letter: DeadLetter) -> None:
        """Remove the letter for good."""
