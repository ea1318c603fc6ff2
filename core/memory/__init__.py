"""The ports in this process's memory, for tests and for ``twinlens process``.

No deployed code needs it, so ``components.packaging`` excludes this folder from all archives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from core.errors import ObjectMissing
from core.job import Job
from core.ledger import AT_WORK, AWAITING, RELEASED, Decision, LedgerRow
from core.ports import Upload, check_size, superseded
from core.review.decisions import EXPIRED
from core.trace import now, stamp
from core.workflow.notification import message


class MemoryStore:
    """An object store in a dictionary; ``objects`` and ``content_types`` can be inspected.

    An object has an etag only if ``etags`` gives it one.
    """

    def __init__(self, objects: dict[str, bytes] | None = None) -> None:
        self.objects = dict(objects or {})
        self.content_types: dict[str, str] = {}
        self.etags: dict[str, str] = {}

    def get(self, key: str, max_bytes: int, upload: Upload | None = None) -> bytes:
        """See :meth:`core.ports.ObjectStore.get`."""
        if key not in self.objects:
            raise ObjectMissing(f"There is no object {key!r}.")
        if upload and self.etags.get(key, upload.source.etag) != upload.source.etag:
            raise superseded(key)
        data = self.objects[key]
        check_size(len(data), max_bytes)
        return data

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """See :meth:`core.ports.ObjectStore.put`."""
        self.objects[key] = data
        self.content_types[key] = content_type


class MemoryLedger:
    """A ledger in a dictionary."""

    def __init__(self) -> None:
        self._executions: dict[str, str] = {}
        self._rows: dict[str, LedgerRow] = {}
        self._reasons: dict[str, str] = {}

    def claim(self, job: Job) -> bool:
        """See :meth:`core.ledger.Claims.claim`."""
        row = self._rows.get(job.id)
        if row and not row.free_for(job.uploaded_at):
            return self._executions[job.id] == job.execution
        self._executions[job.id] = job.execution
        claimed = now()
        self._rows[job.id] = LedgerRow(job.id, job.state, claimed, claimed, job.to_document())
        return True

    def record(self, job: Job) -> bool:
        """See :meth:`core.ledger.Claims.record`."""
        row = self._rows.get(job.id)
        if row is None:
            raise ObjectMissing(f"There is no row of the job {job.id}.")
        if self._executions[job.id] != job.execution or row.state not in (*AT_WORK, job.state):
            return False
        self._rows[job.id] = replace(row, state=job.state, updated_at=now(), document=job.to_document())
        return True

    def ask(self, job: Job, link_hash: str) -> LedgerRow | None:
        """See :meth:`core.ledger.Asking.ask`."""
        row = self._rows[job.id]
        if not self._works(job):
            return None
        if row.decision:
            return row
        self._rows[job.id] = replace(
            row,
            state=job.state,
            updated_at=now(),
            document=job.to_document(),
            link_hash=link_hash,
        )
        self._reasons[job.id] = ""
        return self._rows[job.id]

    def settle(self, job: Job) -> tuple[str, str] | None:
        """See :meth:`core.ledger.Claims.settle`."""
        row = self._rows[job.id]
        if not self._works(job):
            return None
        decision = row.decision or EXPIRED
        self._rows[job.id] = replace(row, state="claimed", updated_at=now(), decision=decision)
        return decision, self._reasons[job.id]

    def decide(self, row: LedgerRow, decision: Decision, reason: str) -> LedgerRow | None:
        """See :meth:`core.ledger.Ledger.decide`."""
        held = self._rows[row.id]
        if held.state != AWAITING or held.decision or held.document["execution"] != row.document["execution"]:
            return None
        self._rows[row.id] = replace(held, decision=decision, updated_at=now())
        self._reasons[row.id] = reason
        return self._rows[row.id]

    def _works(self, job: Job) -> bool:
        """Return whether the job's execution has the row, and has not ended."""
        return self._executions[job.id] == job.execution and self._rows[job.id].state in AT_WORK

    def defer(self, job: Job) -> bool:
        """See :meth:`core.ledger.Claims.defer`."""
        row = self._rows[job.id]
        if self._executions[job.id] != job.execution or row.state != job.state:
            return False
        self._rows[job.id] = replace(row, unsent=True, updated_at=now())
        return True

    def sent(self, row: LedgerRow) -> bool:
        """See :meth:`core.ledger.Ledger.sent`."""
        if self._rows[row.id] != row:
            return False
        self._rows[row.id] = replace(row, unsent=False, updated_at=now())
        return True

    def release(self, row: LedgerRow) -> bool:
        """See :meth:`core.ledger.Ledger.release`."""
        if self._rows[row.id] != row:
            return False
        self._rows[row.id] = replace(row, state=RELEASED, updated_at=now())
        return True

    def end(self, row: LedgerRow, job: Job) -> bool:
        """See :meth:`core.ledger.Ledger.end`."""
        if self._rows[row.id] != row:
            return False
        self._rows[row.id] = replace(
            row, state=job.state, updated_at=now(), document=job.to_document(), unsent=True
        )
        return True

    def open_before(self, moment: datetime) -> Iterator[LedgerRow]:
        """See :meth:`core.ledger.Ledger.open_before`."""
        for row in tuple(self._rows.values()):
            if row.open and row.updated_at < stamp(moment):
                yield row

    def expire(self, moment: datetime, at_most: int) -> int:
        """See :meth:`core.ledger.Ledger.expire`."""
        old = [row.id for row in self._rows.values() if not row.open and row.claimed_at < stamp(moment)]
        for job_id in old[:at_most]:
            del self._rows[job_id], self._executions[job_id]
        return len(old[:at_most])

    def get(self, job_id: str) -> LedgerRow | None:
        """See :meth:`core.ledger.Ledger.get`."""
        return self._rows.get(job_id)

    def list(self) -> Iterator[LedgerRow]:
        """See :meth:`core.ledger.Ledger.list`."""
        yield from self._rows.values()


class MemoryNotifier:
    """A notifier that keeps its messages in order, as ``(topic, message)``."""

    def __init__(self) -> None:
        self.published: list[tuple[str, dict[str, object]]] = []

    def publish(self, topic: str, job: Job, link: str = "") -> None:
        """See :meth:`core.ports.Notifier.publish`."""
        self.published.append((topic, message(job, link)))
