"""Recover lost and failed jobs by starting their workflow again.

Recovery releases the job in the ledger and delivers its upload's event again; the workflow does the rest. The
claim lets only one execution through, so everything here may run twice, concurrently, or while jobs are
running. A job that was restarted for hours and never ended is ended here, as failed. A notification that the
workflow could not send is sent here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from core.deployment.limits import GIVEN_UP
from core.errors import UnreadableRow
from core.job import Job, Problem, job_id
from core.ledger import AWAITING, RELEASED, Ledger, LedgerRow
from core.ports import DeadLetters, Intake, Notifier, Upload
from core.recovery.look import Look, whole

LOST = "JobLost"

Why = Literal["unclaimed", "stuck", "failed", "undelivered", "unsent"]

REDRIVEN = "redriven"
WOULD_REDRIVE = "would be redriven"
FAILED = "failed: restarted for hours, but never ended"
WOULD_FAIL = "would be failed: restarted for hours, but never ended"
WAITS = "waits"
NOTIFIED = "notified"
WOULD_NOTIFY = "would be notified"
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
        """Restart jobs stuck for longer than ``older_than``, fail those stuck for hours, and notify.

        A job that waits for a person is left alone until so long after its own deadline. Notifications come
        last, those of the jobs that failed here included: a topic that cannot be reached keeps no job from
        being restarted.
        """

        def restart(row: LedgerRow, job: Job) -> str:
            if job.batch:
                return WAITS  # a batch may take days, and its items are recovered on their own
            late = moment - _expected(job)
            if row.state == AWAITING and late < older_than:
                return WAITS
            if row.state != RELEASED and self.intake.running(job.execution):
                return WAITS  # for a free function
            return self._fail(row, job) if late > max(GIVEN_UP, older_than) else self._redrive(row, job)

        unsent: list[str] = []
        for row in self.ledger.open_before(moment - older_than):
            if row.unsent:
                unsent.append(row.id)
                continue
            found = _treated("stuck", row, restart)
            if found.done == FAILED:
                unsent.append(row.id)
            if found.done != WAITS:
                yield found
        for row_id in unsent:
            if ended := self.ledger.get(row_id):
                yield _treated("unsent", ended, self._notify)

    def unclaimed(self, older_than: timedelta, moment: datetime) -> Iterator[Finding]:
        """Deliver the events of uploads that have had no job for longer than ``older_than``.

        Reads all uploads, and the whole ledger unless there are none; a second time if an upload seems to
        have no job: see :class:`core.recovery.look.Look`.
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
            if row.unsent:
                yield _treated("unsent", row, self._notify)
                row = self.ledger.get(row.id) or row
            if row.state in ("failed", RELEASED):
                yield _treated("failed", row, self._redrive)
        for place in dead_letters:
            yield from self._empty(place)

    def _redrive(self, row: LedgerRow, job: Job) -> str:
        if job.batch:
            return f"skipped: `twinlens batch redrive {job.id[:12]}` sends a batch's failed items again"
        if job.recipe != self.recipe:
            return f"skipped: its recipe was {job.recipe}, the stack's is {self.recipe}"
        if self.dry_run:
            return WOULD_REDRIVE
        if not self.ledger.release(row):
            return MOVED_ON
        self.intake.deliver(Upload(job.source, job.uploaded_at))
        return REDRIVEN

    def _fail(self, row: LedgerRow, job: Job) -> str:
        if self.dry_run:
            return WOULD_FAIL
        told = Problem(LOST, f"The job did not end within {GIVEN_UP} of its upload.")
        return FAILED if self.ledger.end(row, replace(job, state="failed", error=told)) else MOVED_ON

    def _notify(self, row: LedgerRow, job: Job) -> str:
        if not row.unsent:
            return MOVED_ON
        if self.dry_run:
            return WOULD_NOTIFY
        self.notifier.publish("success" if job.state == "succeeded" else "error", job)
        self.ledger.sent(row)
        return NOTIFIED

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


def _treated(why: Why, row: LedgerRow, treat: Callable[[LedgerRow, Job], str]) -> Finding:
    """Treat the row; name and skip it if nobody can read it, so that it does not stop the others."""
    try:
        done = treat(row, row.job())
    except UnreadableRow as error:
        done = f"skipped: {error}"
    return Finding(why, row.id, row.key, row.updated_at, done)


def _expected(job: Job) -> datetime:
    """Return when the job was to go on: at its upload, or when a person's time for a decision is over."""
    return _time(job.review.deadline if job.review else job.uploaded_at)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
