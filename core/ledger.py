"""The port to the ledger, and what its rows hold; implemented in ``handlers/<cloud>`` and ``core.memory``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from core.errors import UnreadableRow
from core.job import Job

# The state of a released row: the next delivery of the upload's event may claim it.
RELEASED = "released"

AWAITING = "awaiting_approval"  # the state of a job that waits for a person's decision

AT_WORK = ("claimed", AWAITING)  # the states of jobs whose execution has not ended
OPEN = (*AT_WORK, RELEASED)  # the states of jobs that have not ended
FAILED = ("failed", "rejected")  # the states of jobs that ended by an error
DECIDED = ("refused", "expired")  # the states of jobs that were not approved
# The states of jobs without a picture. A later upload of the same bytes under the same key, which S3 gives
# the same etag, claims their row: see LedgerRow.stands_until.
WITHOUT_PICTURE = (*FAILED, *DECIDED)

Decision = Literal["approved", "refused"]  # what a person can decide


@dataclass(frozen=True)
class LedgerRow:
    """One job's row. ``document`` is the job's last recorded JSON; times are ISO 8601 UTC.

    ``unsent`` says that the job has ended and its notification is still to be sent.

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
    unsent: bool = False

    @property
    def open(self) -> bool:
        """Whether something is left to do: the job has not ended, or its notification was not sent."""
        return self.state in OPEN or self.unsent

    @property
    def key(self) -> str:
        """The upload's key; empty if the row has none."""
        return self._source("key")

    @property
    def etag(self) -> str:
        """The upload's etag; empty if the row has none."""
        return self._source("etag")

    @property
    def stands_until(self) -> str:
        """The time until which an upload of the same bytes is this job's, too; empty if the row has none.

        That is the time of the job's own upload. A person's decision is about all that came before it.
        """
        return self.updated_at if self.state in DECIDED else str(self.document.get("uploaded_at", ""))

    def free_for(self, uploaded_at: str) -> bool:
        """Return whether the execution of an upload of that time may claim the row of another."""
        overtaken = "" < self.stands_until < uploaded_at
        return self.state == RELEASED or (self.state in WITHOUT_PICTURE and overtaken)

    def _source(self, name: str) -> str:
        source = self.document.get("source")
        return str(source.get(name, "")) if isinstance(source, dict) else ""

    def job(self) -> Job:
        """Return the job.

        Raises:
            UnreadableRow: The document is not that of a job.
        """
        try:
            job = Job.from_document(self.document)
            for moment in (job.uploaded_at, *([job.review.deadline] if job.review else [])):
                datetime.fromisoformat(moment)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UnreadableRow(f"its row cannot be read ({type(error).__name__}: {error})") from None
        return job


def document_in(text: str) -> dict[str, Any]:
    """Return the JSON object in a row's column; an empty one if there is none."""
    try:
        document = json.loads(text)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


class Ledger(Protocol):
    """The table with one row per job, as commands and the reconciler use it."""

    def get(self, job_id: str) -> LedgerRow | None:
        """Return the row, or ``None`` if there is none."""

    def list(self) -> Iterator[LedgerRow]:
        """Yield all rows, in no particular order."""

    def open_before(self, moment: datetime) -> Iterator[LedgerRow]:
        """Yield the rows that something is left to do for, last changed before ``moment`` (UTC).

        Those are jobs that have not ended and notifications that were not sent. Unlike :meth:`list`, it reads
        little more than it yields: all other rows cost nothing.
        """

    def release(self, row: LedgerRow) -> bool:
        """Release the job, so that the next delivery of its upload's event may claim it.

        Returns ``False`` and writes nothing if the row has changed since it was read.
        """

    def end(self, row: LedgerRow, job: Job) -> bool:
        """Write the job's final state and document in place of an execution that is lost, marked as unsent.

        Returns ``False`` and writes nothing if the row has changed since it was read.
        """

    def sent(self, row: LedgerRow) -> bool:
        """Note that the notification of an unsent row was sent.

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

    def ask(self, job: Job, link_hash: str) -> LedgerRow | None:
        """Write the job, which waits from now on, to the row that its execution claimed; return the row.

        If there is a decision, as when asking is repeated late, nothing is written, and the row has it.
        Returns ``None`` and writes nothing if another execution has the row or the job has ended.
        """


class Claims(Asking, Protocol):
    """The same table as the workflow uses it; on AWS, the state machine writes the rest directly."""

    def get(self, job_id: str) -> LedgerRow | None:
        """Return the row, or ``None`` if there is none."""

    def claim(self, job: Job) -> bool:
        """Insert the job's row, or claim a released one; return ``False`` if another execution has it.

        A row of :data:`WITHOUT_PICTURE` is claimed by an upload later than :attr:`LedgerRow.stands_until`. A
        repeated claim by the same execution returns ``True``: a retried claim is not a duplicate.
        """

    def record(self, job: Job) -> bool:
        """Write the job's final state and document to the row that its execution claimed.

        Returns ``False`` and writes nothing if another execution has the row or the job has already ended in
        another state. Recording the same state again returns ``True``: a retried record is harmless.

        Raises:
            ObjectMissing: The job was never claimed.
        """

    def defer(self, job: Job) -> bool:
        """Mark the row, in which the job's execution recorded its end, as unsent.

        Returns ``False`` and writes nothing if the row has moved on since.
        """

    def settle(self, job: Job) -> tuple[str, str] | None:
        """End the waiting: the row is claimed again, and its decision "expired" unless one was made.

        Returns the decision and its reason, the same again if it is repeated, or ``None`` if another
        execution has the row or the job has ended.
        """
