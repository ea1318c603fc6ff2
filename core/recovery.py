"""Recover lost and failed jobs by starting their workflow again.

Recovery releases the job in the ledger and delivers its upload's event again; the workflow does the rest. The
claim lets only one execution through, so everything here may run twice, concurrently, or while jobs are
running. A job that was restarted for hours and never ended is ended here, as failed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from core.deployment.limits import GIVEN_UP
from core.job import Job, Problem, Source, job_id
from core.look import Look, whole
from core.ports import AWAITING, RELEASED, DeadLetters, Intake, Ledger, LedgerRow, Notifier, Upload

LOST = "JobLost"

Why = Literal["unclaimed", "stuck", "failed", "undelivered"]

REDRIVEN = "redriven"
WOULD_REDRIVE = "would be redriven"
FAILED = "failed: restarted for hours, but never ended"
WOULD_FAIL = "would be failed: restarted for hours, but never ended"
MOVED_ON = "skipped: it has changed meanwhile"


@dataclass(frozen=True)
class Finding:
    """An upload that needed recovery; ``since`` is ISO 8601 UTC, ``done`` is the outcome."""

    why: Why
    job: str
    key: str
    since: str
    done: str


@dataclass(frozen=True)
class Recovery:
    """Recovery for one stack; a dry run finds the same jobs and changes nothing."""

    ledger: Ledger
    intake: Intake
    notifier: Notifier
    recipe: str
    dry_run: bool = False

    def reconcile(self, older_than: timedelta, moment: datetime) -> Iterator[Finding]:
        """Do what :meth:`stuck` and :meth:`unclaimed` do."""
        yield from self.stuck(older_than, moment)
        yield from self.unclaimed(older_than, moment)

    def stuck(self, older_than: timedelta, moment: datetime) -> Iterator[Finding]:
        """Restart jobs stuck for longer than ``older_than``; fail those stuck for hours.

        A job that waits for a person is left alone until so long after its own deadline.
        """
        for row in self.ledger.open_before(moment - older_than):
            if row.state == AWAITING and moment - _expected(row) < older_than:
                continue
            if row.state != RELEASED and self.intake.running(row.document["execution"]):
                continue  # it waits for a free function
            if moment - _expected(row) > max(GIVEN_UP, older_than):
                yield self._fail(row)
            else:
                yield self._redrive("stuck", row)

    def unclaimed(self, older_than: timedelta, moment: datetime) -> Iterator[Finding]:
        """Deliver the events of uploads that have had no job for longer than ``older_than``.

        Reads all uploads, and the whole ledger unless there are none; a second time if an upload seems to
        have no job: see :class:`core.look.Look`.
        """
        look = Look(older_than, moment)
        look.go_on(whole(self.ledger.list), whole(self.intake.uploads), over=lambda: False)
        yield from self.delivered(look)

    def delivered(self, look: Look) -> Iterator[Finding]:
        """Deliver the events of what a look has found, and take each upload off its list."""
        while look.found:
            key = next(iter(look.found))
            yield self._deliver("unclaimed", look.found.pop(key))

    def redrive(self, dead_letters: Iterable[DeadLetters]) -> Iterator[Finding]:
        """Redrive failed jobs, and uploads with dead-lettered events.

        The event of a job that an earlier redrive released but did not deliver is delivered now.
        """
        for row in tuple(self.ledger.list()):
            if row.state in ("failed", RELEASED):
                yield self._redrive("failed", row)
        for place in dead_letters:
            yield from self._empty(place)

    def _redrive(self, why: Why, row: LedgerRow) -> Finding:
        upload = Upload(Source(**row.document["source"]), row.document["uploaded_at"])
        if row.document["recipe"] != self.recipe:
            done = f"skipped: its recipe was {row.document['recipe']}, the stack's is {self.recipe}"
        elif self.dry_run:
            done = WOULD_REDRIVE
        elif self.ledger.release(row):
            self.intake.deliver(upload)
            done = REDRIVEN
        else:
            done = MOVED_ON
        return Finding(why, row.id, upload.source.key, row.updated_at, done)

    def _fail(self, row: LedgerRow) -> Finding:
        told = Problem(LOST, f"The job did not end within {GIVEN_UP} of its upload.")
        job = replace(Job.from_document(row.document), state="failed", error=told)
        if self.dry_run:
            done = WOULD_FAIL
        elif self.ledger.end(row, job):
            self.notifier.publish("error", job)
            done = FAILED
        else:
            done = MOVED_ON
        return Finding("stuck", row.id, job.source.key, row.updated_at, done)

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
            if letter.told:
                done = f"{'would be removed' if self.dry_run else 'removed'}: {letter.told}"
                yield Finding("undelivered", "", "", letter.since, done)
            elif not letter.uploads:
                yield Finding(
                    "undelivered", "", "", letter.since, f"skipped: no upload's event: {letter.text}"
                )
            if self.dry_run or not (letter.uploads or letter.told):
                place.put_back(letter)
            else:
                place.remove(letter)


def _expected(row: LedgerRow) -> datetime:
    """Return when the job was to go on: at its upload, or when a person's time for a decision is over."""
    review = row.document.get("review")
    return _time(review["deadline"] if review else row.document["uploaded_at"])


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
