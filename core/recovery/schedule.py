"""One scheduled run of the reconciler: bounded in findings and, where a run has little time, in time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Literal, Protocol

from core.deployment.limits import LEDGER_RETENTION
from core.deployment.names import STUCK
from core.errors import ObjectMissing
from core.ledger import Ledger, LedgerRow
from core.ports import Upload
from core.recovery.jobs import Finding, Recovery
from core.recovery.look import Look, Over, Read, restored

type Find = Literal["stuck", "unclaimed"]

# A run stops after this many findings of a kind; the next one continues.
AT_MOST = 500
# Rows that are deleted between two looks at the clock.
EXPIRED_AT_ONCE = 1_000


class Kept(Protocol):
    """The place in which a look waits for the next run."""

    def load(self) -> bytes:
        """Return what was saved last, or nothing.

        Raises:
            ObjectMissing: Nothing was saved.
        """

    def save(self, data: bytes) -> None:
        """Save this instead of what was saved before."""


@dataclass(frozen=True)
class InParts:
    """What lets a look stop when the time of a run is over, and go on in the next one."""

    rows: Read[LedgerRow]
    uploads: Read[Upload]
    kept: Kept
    over: Over


def by_schedule(
    recovery: Recovery, find: Find, older_than: timedelta, in_parts: InParts | None = None
) -> Mapping[str, int]:
    """Do one run and return the number of each outcome.

    A run for stuck jobs goes on with a look for unclaimed uploads that ran out of time. Every run deletes the
    rows whose retention is over.
    """
    moment = datetime.now(UTC)
    over = in_parts.over if in_parts else _never
    done: Counter[str] = Counter()
    if find == STUCK:
        done += _counted(recovery.stuck(older_than, moment), over)
        if in_parts and (look := _waiting(in_parts.kept)):
            done += _look(recovery, look, in_parts)
    elif in_parts:
        done += _look(recovery, _waiting(in_parts.kept) or Look(older_than, moment), in_parts)
    else:
        done += _counted(recovery.unclaimed(older_than, moment), over)
    if expired := _expire(recovery.ledger, moment - LEDGER_RETENTION, over):
        done["expired: deleted"] = expired
    return done


def _look(recovery: Recovery, look: Look, in_parts: InParts) -> Counter[str]:
    """Go on with a look; keep it for the next run unless nothing is left of it."""
    begun = look.part != "ask"
    look.go_on(in_parts.rows, in_parts.uploads, in_parts.over)
    done = _counted(recovery.delivered(look), in_parts.over) if look.done else Counter()
    if look.found or not look.done:
        in_parts.kept.save(look.to_bytes())
    elif begun:
        in_parts.kept.save(b"")
    return done


def _waiting(kept: Kept) -> Look | None:
    try:
        return restored(kept.load())
    except ObjectMissing:
        return None


def _expire(ledger: Ledger, moment: datetime, over: Over) -> int:
    expired = deleted = ledger.expire(moment, EXPIRED_AT_ONCE)
    while deleted and not over():
        deleted = ledger.expire(moment, EXPIRED_AT_ONCE)
        expired += deleted
    return expired


def _counted(findings: Iterable[Finding], over: Over) -> Counter[str]:
    counted: Counter[str] = Counter()
    for each in islice(findings, AT_MOST):
        counted[f"{each.why}: {each.done}"] += 1
        if over():
            break
    return counted


def _never() -> bool:
    return False
