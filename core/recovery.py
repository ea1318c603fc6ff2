"""Find what fell between, and send it through the workflow once more.

Nothing here decides how a job ends. A job is given back to the ledger, its upload's event is delivered again,
and the workflow does the rest: whatever stands in the way, the claim lets one execution through. So every
command may be run twice, or while jobs are under way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from core.job import Source, job_id
from core.ports import KEPT, RELEASED, DeadLetters, Intake, LedgerRow, Rows, Upload

Why = Literal["unclaimed", "stuck", "failed", "undelivered"]

REDRIVEN = "redriven"
WOULD_REDRIVE = "would be redriven"


@dataclass(frozen=True)
class Finding:
    """An upload that needed help; ``since`` is ISO 8601 UTC, ``done`` says what became of it."""

    why: Why
    job: str
    key: str
    since: str
    done: str


@dataclass(frozen=True)
class Recovery:
    """One stack's way back into its workflow; a dry run finds the same and changes nothing."""

    rows: Rows
    intake: Intake
    recipe: str
    dry_run: bool = False

    def reconcile(self, older_than: timedelta, moment: datetime) -> Iterator[Finding]:
        """Redrive uploads that no job knows of and jobs that stand still, for longer than ``older_than``.

        Uploads that are older than the ledger's memory are left alone: their rows were there once.
        """
        rows = tuple(self.rows.list())
        for row in rows:
            if row.state in ("claimed", RELEASED) and moment - _time(row.updated_at) > older_than:
                yield self._redrive("stuck", row)
        known = {(row.document["source"]["key"], row.document["source"]["etag"]) for row in rows}
        for upload in self.intake.uploads():
            age = moment - _time(upload.stored_at)
            if older_than < age < KEPT and (upload.source.key, upload.source.etag) not in known:
                yield self._deliver("unclaimed", upload)

    def redrive(self, dead_letters: Iterable[DeadLetters]) -> Iterator[Finding]:
        """Redrive failed jobs, and uploads whose events were set aside.

        A job that an earlier redrive gave back without delivering its event is delivered now.
        """
        for row in tuple(self.rows.list()):
            if row.state in ("failed", RELEASED):
                yield self._redrive("failed", row)
        for place in dead_letters:
            yield from self._empty(place)

    def _redrive(self, why: Why, row: LedgerRow) -> Finding:
        upload = Upload(Source(**row.document["source"]), row.document["uploaded_at"])
        if row.document["recipe"] != self.recipe:
            done = f"left: its recipe was {row.document['recipe']}, the stack's is {self.recipe}"
        elif self.dry_run:
            done = WOULD_REDRIVE
        elif self.rows.release(row):
            self.intake.deliver(upload)
            done = REDRIVEN
        else:
            done = "left: it has moved on"
        return Finding(why, row.id, upload.source.key, row.updated_at, done)

    def _deliver(self, why: Why, upload: Upload) -> Finding:
        if not self.dry_run:
            self.intake.deliver(upload)
        source = upload.source
        job = job_id(source.container, source.key, source.etag, self.recipe)
        return Finding(why, job, source.key, upload.stored_at, WOULD_REDRIVE if self.dry_run else REDRIVEN)

    def _empty(self, place: DeadLetters) -> Iterator[Finding]:
        for letter in place.take():
            for upload in letter.uploads:
                yield self._deliver("undelivered", upload)
            if not letter.uploads:
                yield Finding("undelivered", "", "", letter.since, f"left: no upload's event: {letter.text}")
            if self.dry_run or not letter.uploads:
                place.put_back(letter)
            else:
                place.remove(letter)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
