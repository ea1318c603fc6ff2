"""The ports to a cloud: implemented in ``handlers/<cloud>`` and, in memory, in ``core.memory``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from core.errors import Superseded, TooManyBytes
from core.job import Job, Source

# The state of a released row: the next delivery of the upload's event may claim it.
RELEASED = "released"

AWAITING = "awaiting_approval"  # the state of a job that waits for a person's decision

AT_WORK = ("claimed", AWAITING)  # the states of jobs whose execution has not ended
OPEN = (*AT_WORK, RELEASED)  # the states of jobs that have not ended
# The states of jobs without a picture. A later upload of the same bytes under the same key, which S3 gives
# the same etag, claims their row.
WITHOUT_PICTURE = ("failed", "rejected", "refused", "expired")

Decision = Literal["approved", "refused"]  # what a person can decide

# The cache header of all objects: the bytes under a key in ``jobs/`` never change.
CACHE_CONTROL = "public, max-age=31536000, immutable"


def check_size(size: int, max_bytes: int) -> None:
    """Check that an object is not larger than ``max_bytes``.

    Raises:
        TooManyBytes: The object is larger.
    """
    if size > max_bytes:
        raise TooManyBytes(f"The file has {size:,} bytes; at most {max_bytes:,} are accepted.")


@dataclass(frozen=True)
class Upload:
    """An object that starts a job.

    ``stored_at`` is the time of its event, or of its last change as the store lists it. ``created_at`` is
    that of its creation, if the store counts setting metadata as a change. Both are ISO 8601 UTC.
    """

    source: Source
    stored_at: str
    created_at: str | None = None


def superseded(key: str) -> Superseded:
    """Return the error for an upload that was overwritten before it was read."""
    return Superseded(
        f"Another object was written under {key!r} before this one was read; the newer one has its own job."
    )


class ObjectStore(Protocol):
    """One container of objects."""

    def get(self, key: str, max_bytes: int, upload: Upload | None = None) -> bytes:
        """Return the object's bytes as they are stored: a ``Content-Encoding`` is not decoded.

        With ``upload``, only the bytes of that upload, whatever was written under its key since.

        Raises:
            TooManyBytes: It is larger than ``max_bytes``; raised before it is read into memory.
            Superseded: The object is not ``upload`` any more.
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
    """One job's row. ``document`` is the job's last recorded JSON; times are ISO 8601 UTC.

    Of a job that waits for a person: the ``decision``, once it is made, and the ``token`` that wakes its
    execution, on AWS. ``link_hash`` is the hash of the secret in the link to the review page.
    """

    id: str
    state: str
    claimed_at: str
    updated_at: str
    document: dict[str, Any]
    decision: str = ""
    token: str = field(default="", repr=False)
    link_hash: str = field(default="", repr=False)


class Ledger(Protocol):
    """The table with one row per job, as commands and the reconciler use it."""

    def get(self, job_id: str) -> LedgerRow | None:
        """Return the row, or ``None`` if there is none."""

    def list(self) -> Iterator[LedgerRow]:
        """Yield all rows, in no particular order."""

    def open_before(self, moment: datetime) -> Iterator[LedgerRow]:
        """Yield the rows of jobs that have not ended and were last changed before ``moment`` (UTC).

        Unlike :meth:`list`, it reads little more than it yields: jobs that have ended cost nothing.
        """

    def release(self, row: LedgerRow) -> bool:
        """Release the job, so that the next delivery of its upload's event may claim it.

        Returns ``False`` and writes nothing if the row has changed since it was read.
        """

    def end(self, row: LedgerRow, job: Job) -> bool:
        """Write the job's final state and document in place of an execution that is lost.

        Returns ``False`` and writes nothing if the row has changed since it was read.
        """

    def decide(self, row: LedgerRow, decision: Decision, reason: str) -> LedgerRow | None:
        """Write a person's decision about a job that waits for it, and return the row with it.

        Returns ``None`` and writes nothing if there is a decision, or the job does not wait any more.
        """

    def expire(self, moment: datetime, at_most: int) -> int:
        """Delete up to ``at_most`` rows of jobs that have ended and were claimed before ``moment`` (UTC).

        Returns the number of deleted rows: 0 if the table deletes expired rows itself.
        """


class Asking(Protocol):
    """The same table as the part of the workflow writes it that asks a person."""

    def ask(self, job: Job, link_hash: str) -> bool:
        """Write the job, which waits from now on, to the row that its execution claimed, without a decision.

        Returns ``False`` and writes nothing if another execution has the row or the job has ended.
        """


class Claims(Asking, Protocol):
    """The same table as the workflow writes it; on AWS, the state machine writes the rest directly."""

    def claim(self, job: Job) -> bool:
        """Insert the job's row, or claim a released one; return ``False`` if another execution has it.

        A row of :data:`WITHOUT_PICTURE` is claimed by a later upload. A repeated claim by the same execution
        returns ``True``: a retried claim is not a duplicate.
        """

    def record(self, job: Job) -> bool:
        """Write the job's final state and document to the row that its execution claimed.

        Returns ``False`` and writes nothing if another execution has the row or the job has already ended in
        another state. Recording the same state again returns ``True``: a retried record is harmless.

        Raises:
            ObjectMissing: The job was never claimed.
        """

    def settle(self, job: Job) -> tuple[str, str] | None:
        """End the waiting: the row is claimed again, and its decision "expired" unless one was made.

        Returns the decision and its reason, the same again if it is repeated, or ``None`` if another
        execution has the row or the job has ended.
        """


class Notifier(Protocol):
    """The sender of notifications about jobs."""

    def publish(self, topic: str, job: Job, link: str = "") -> None:
        """Send the job's notification to ``topic``: "success", "error" or "review", the last with a link."""


class Intake(Protocol):
    """Access to uploads, and to the entry of their events into the workflow."""

    def uploads(self) -> Iterator[Upload]:
        """Yield the uploads in the input container that start a job, in no particular order."""

    def deliver(self, upload: Upload) -> None:
        """Deliver the upload's event, as the store did at first.

        Raises:
            StoreUnavailable: It cannot be delivered now.
        """

    def running(self, execution: str) -> bool:
        """Return whether this execution still runs; ``False`` if the platform cannot tell."""


HELD_SECONDS = 60  # how long a dead letter that was taken is invisible to others
SHOWN = 80  # characters of a message that cannot be understood


@dataclass(frozen=True)
class DeadLetter:
    """A dead letter: its uploads, or none if it is not an upload's event.

    ``text`` is the beginning of its content, ``handle`` identifies it in its queue or container. ``told``
    says what a letter is that needs no more than to be read.
    """

    uploads: tuple[Upload, ...]
    since: str
    text: str
    handle: Any
    told: str = ""


class DeadLetters(Protocol):
    """A queue or container of events that could not be delivered or handled."""

    def take(self) -> Iterator[DeadLetter]:
        """Yield each letter once, and hide it from others for a minute."""

    def put_back(self, letter: DeadLetter) -> None:
        """Make the letter visible to others again."""

    def remove(self, letter: DeadLetter) -> None:
        """Delete the letter."""
