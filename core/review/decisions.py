"""Ask a person for a decision about a job, and take it.

The job's ledger row decides: the first decision is written to it under a condition, every later one is
refused, and waking the workflow only makes it look there. So a wake-up may get lost, come twice, or come
before the workflow waits. Without a decision the workflow looks there at the deadline, and finds it expired.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from core.errors import StoreError, TwinlensError
from core.job import Job, Review
from core.ledger import AWAITING, OPEN, Asking, Claims, Decision, Ledger, LedgerRow
from core.ports import Notifier
from core.trace import now, stamp
from core.visible import visible_page
from core.workflow.model import DUPLICATE

TOPIC = "review"  # of the notifications that ask
APPROVED: Decision = "approved"
REFUSED: Decision = "refused"
EXPIRED = "expired"
REASON_CHARACTERS = 500

Wake = Callable[[LedgerRow], None]


class NotDecided(TwinlensError):
    """A decision came second or late, or nobody waits for it; it changed nothing."""


class NotWoken(TwinlensError):
    """A decision is recorded, but the workflow could not be told of it."""


def ask(job: Job, seconds: int, moment: datetime, ledger: Asking, notifier: Notifier, page: str = "") -> Job:
    """Let the job wait for ``seconds`` from ``moment`` (UTC), and notify whoever decides.

    ``page`` is the address of the review page: the notification then has a link to it with a secret, of which
    the ledger keeps only the hash. If this is repeated, as after a lost answer, the new link takes the place
    of the old one; if somebody has decided meanwhile, nobody is asked again.
    """
    deadline = moment + timedelta(seconds=seconds)
    waiting = replace(job, state=AWAITING, review=Review(stamp(moment), stamp(deadline)))
    secret = secrets.token_urlsafe(32) if page else ""
    row = ledger.ask(waiting, digest(secret) if secret else "")
    if row is None:
        return replace(job, state=DUPLICATE)
    if row.decision:
        return Job.from_document(row.document)
    notifier.publish(TOPIC, waiting, f"{page}?job={job.id}&key={secret}" if secret else "")
    return waiting


def settle(job: Job, ledger: Claims) -> Job:
    """End the waiting, and return the job with the decision."""
    decided = ledger.settle(job)
    if decided is None or job.review is None:
        return replace(job, state=DUPLICATE)
    decision, reason = decided
    review = replace(job.review, decision=decision, reason=reason, ended_at=now())
    return replace(job, state="claimed", review=review)


def decide(
    ledger: Ledger, wake: Wake, job: str, decision: Decision, reason: str, moment: datetime
) -> LedgerRow:
    """Record a person's decision at ``moment`` (UTC), wake the job's workflow, and return the row.

    Raises:
        NotDecided: It was decided before, its time is over, or it does not wait.
        NotWoken: The decision is recorded, but the workflow could not be woken.
    """
    reason = kept(reason)
    if len(reason) > REASON_CHARACTERS:
        raise NotDecided(f"The reason has {len(reason):,} characters; at most {REASON_CHARACTERS} are kept.")
    row = ledger.get(job)
    if row is None:
        raise NotDecided(f"There is no job {job}.")
    if row.state == AWAITING and not row.decision:
        deadline = row.document["review"]["deadline"]
        if stamp(moment) >= deadline:
            raise NotDecided(f"The decision about the job {job} is too late: its time ended at {deadline}.")
        decided = ledger.decide(row, decision, reason)
        if decided is not None:
            _wake(wake, decided)
            return decided
        row = ledger.get(job) or row
    if row.state == AWAITING and row.decision:
        _wake(wake, row)  # whoever decided may have failed to
    raise NotDecided(why_not(row))


def kept(reason: str) -> str:
    """Return a reason as it is kept and sent, with hidden and control characters as escapes."""
    return visible_page(reason.replace("\r\n", "\n").strip())  # forms send line breaks as two


def why_not(row: LedgerRow) -> str:
    """Say why no decision about the job is wanted."""
    if row.decision == EXPIRED:
        return f"The time to decide about the job {row.id} is over: it is expired."
    if row.decision:
        return f"The job {row.id} was decided before: it is {row.decision}."
    if row.state in OPEN:
        return f"The job {row.id} does not wait for a decision: it is {row.state}."
    return f"The job {row.id} does not wait for a decision: it has ended as {row.state}."


def digest(secret: str) -> str:
    """Return the hash of a link's secret, as the ledger keeps it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _wake(wake: Wake, row: LedgerRow) -> None:
    try:
        wake(row)
    except StoreError as error:
        raise NotWoken(
            f"The job {row.id} is {row.decision}, but its workflow could not be told: {error} "
            "Decide again to tell it; otherwise it goes on when its time ends."
        ) from error
