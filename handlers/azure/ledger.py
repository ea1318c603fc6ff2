"""The ledger on Table storage: one row per job, with the columns of the DynamoDB table, and an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import batched, islice
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import TableClient, TableEntity, TableTransactionError, UpdateMode

from core.deployment.names import SHARDS
from core.job import Job
from core.ledger import AT_WORK, AWAITING, RELEASED, Decision, LedgerRow
from core.recovery.look import PAGE
from core.review.decisions import EXPIRED
from core.trace import now
from handlers.azure import ledger_index as index
from handlers.azure import ledger_rows as rows
from handlers.azure.errors import translated

# The SDK does not retry transactions. These are conditional, so that retrying them is safe.
REPEATABLE: dict[str, Any] = {"retry_on_methods": frozenset({"POST"})}
BATCH = 50  # a transaction has at most 100 operations: a row and its entry for each job
THERE, GONE, CHANGED = 409, 404, 412


class TableLedger:
    """See :class:`core.ledger.Ledger` and :class:`core.ledger.Claims`."""

    def __init__(self, table: TableClient) -> None:
        self._table = table

    def claim(self, job: Job) -> bool:
        """See :meth:`core.ledger.Claims.claim`."""
        moment = now()
        entity = {
            "id": job.id,
            "execution": job.execution,
            "claimed_at": moment,
            "uploaded_at": job.uploaded_at,
            "recipe": job.recipe,
            "container": job.source.container,
            "key": job.source.key,
            **rows.progress(job, moment),
        }

        def free(held: TableEntity) -> bool:
            return rows.row_of(held).free_for(job.uploaded_at)

        with translated(f"table {self._table.table_name}"):
            row = {**index.keys(job.id), **entity}
            try:
                self._table.submit_transaction([("create", row), ("upsert", index.entry(row))], **REPEATABLE)
            except TableTransactionError as error:
                if error.status_code != THERE:
                    raise
                return self._change(job.id, free, {**entity, **rows.ANEW}) or self._holds(job)
        return True

    def record(self, job: Job) -> bool:
        """See :meth:`core.ledger.Claims.record`."""

        def open_to(held: TableEntity) -> bool:
            return held["execution"] == job.execution and held["state"] in (*AT_WORK, job.state)

        with translated(f"table {self._table.table_name}"):
            return self._change(job.id, open_to, rows.progress(job, now()))

    def ask(self, job: Job, link_hash: str) -> LedgerRow | None:
        """See :meth:`core.ledger.Asking.ask`."""
        waiting = {**rows.progress(job, now()), "decision": "", "reason": "", "link_hash": link_hash}

        def open_to(held: TableEntity) -> bool:
            return rows.works(job, held) and not rows.decided(held)

        with translated(f"table {self._table.table_name}"):
            self._change(job.id, open_to, waiting)
            held = self._table.get_entity(*index.keys(job.id).values())
        return rows.row_of(held) if rows.works(job, held) else None

    def settle(self, job: Job) -> tuple[str, str] | None:
        """See :meth:`core.ledger.Claims.settle`."""
        with translated(f"table {self._table.table_name}"):
            while True:
                held = self._table.get_entity(*index.keys(job.id).values())
                if not rows.works(job, held):
                    return None
                decision = held["decision"] or EXPIRED
                settled = {"state": "claimed", "updated_at": now(), "decision": decision}
                if self._change(job.id, partial(rows.same_decision, held), settled):
                    return decision, held["reason"]

    def decide(self, row: LedgerRow, decision: Decision, reason: str) -> LedgerRow | None:
        """See :meth:`core.ledger.Ledger.decide`."""

        def undecided(held: TableEntity) -> bool:
            asked = held["execution"] == row.document["execution"]
            return asked and held["state"] == AWAITING and not held["decision"]

        decided = {"decision": decision, "reason": reason, "updated_at": now()}
        with translated(f"table {self._table.table_name}"):
            return self.get(row.id) if self._change(row.id, undecided, decided) else None

    def defer(self, job: Job) -> bool:
        """See :meth:`core.ledger.Claims.defer`."""

        def ended(held: TableEntity) -> bool:
            return bool(held["execution"] == job.execution and held["state"] == job.state)

        with translated(f"table {self._table.table_name}"):
            return self._change(job.id, ended, {"unsent": True, "updated_at": now()})

    def sent(self, row: LedgerRow) -> bool:
        """See :meth:`core.ledger.Ledger.sent`."""
        with translated(f"table {self._table.table_name}"):
            return self._change(
                row.id, lambda held: rows.row_of(held) == row, {"unsent": False, "updated_at": now()}
            )

    def release(self, row: LedgerRow) -> bool:
        """See :meth:`core.ledger.Ledger.release`."""
        with translated(f"table {self._table.table_name}"):
            return self._change(
                row.id, lambda held: rows.row_of(held) == row, {"state": RELEASED, "updated_at": now()}
            )

    def end(self, row: LedgerRow, job: Job) -> bool:
        """See :meth:`core.ledger.Ledger.end`."""
        with translated(f"table {self._table.table_name}"):
            ended = {**rows.progress(job, now()), "unsent": True}
            return self._change(row.id, lambda held: rows.row_of(held) == row, ended)

    def open_before(self, moment: datetime) -> Iterator[LedgerRow]:
        """See :meth:`core.ledger.Ledger.open_before`; asks each partition for the entries of open rows."""
        for shard in SHARDS:
            for found in self._query(*index.open_before(shard, moment), select=["RowKey"]):
                # It may have been written since: the row decides.
                if (row := self.get(index.job_of(found))) and row.open:
                    yield row

    def expire(self, moment: datetime, at_most: int) -> int:
        """See :meth:`core.ledger.Ledger.expire`; reads no more entries than it deletes rows."""
        deleted = 0
        for shard in SHARDS:
            old = self._query(*index.ended_before(shard, moment), select=["PartitionKey", "RowKey"])
            for batch in batched(islice(old, at_most - deleted), BATCH, strict=False):
                with translated(f"table {self._table.table_name}"):
                    deleted += self._delete(batch)
        return deleted

    def get(self, job_id: str) -> LedgerRow | None:
        """Return the row, or ``None`` if there is none."""
        with translated(f"table {self._table.table_name}"):
            try:
                return rows.row_of(self._table.get_entity(*index.keys(job_id).values()))
            except ResourceNotFoundError:
                return None

    def list(self, after: str = "") -> Iterator[LedgerRow]:
        """Yield all rows with an id greater than ``after``, in the order of their ids."""
        for shard in SHARDS:
            if shard >= after[:1]:
                yield from map(rows.row_of, self._query(*index.rows(shard, after)))

    def pages(self, after: str = "") -> Iterator[tuple[tuple[LedgerRow, ...], str]]:
        """Yield all rows in pages, each with the last id on it: see :data:`core.recovery.look.Read`."""
        for page in batched(self.list(after), PAGE, strict=False):
            yield page, page[-1].id

    def _query(self, query: str, parameters: dict[str, str], **options: Any) -> Iterator[TableEntity]:
        with translated(f"table {self._table.table_name}"):
            yield from self._table.query_entities(query, parameters=parameters, **options)

    def _change(self, job_id: str, allowed: Callable[[TableEntity], bool], values: Mapping[str, Any]) -> bool:
        """Write the values if the row allows it; read it again if it changed between read and write."""
        indexed = True
        while True:
            held = self._table.get_entity(*index.keys(job_id).values())
            if not allowed(held):
                return False
            unchanged = {"etag": held.metadata["etag"], "match_condition": MatchConditions.IfNotModified}
            write = ("update", {**index.keys(job_id), **values}, {"mode": UpdateMode.MERGE, **unchanged})
            upsert, *delete = index.moves(held, {**held, **values})
            try:
                self._table.submit_transaction([write, upsert, *(delete if indexed else ())], **REPEATABLE)
            except TableTransactionError as error:
                if error.status_code not in (GONE, CHANGED):
                    raise
                # If the row is there, somebody has deleted its entry: that is no reason not to write.
                indexed = indexed and error.status_code != GONE
                continue
            return True

    def _delete(self, entries: tuple[TableEntity, ...]) -> int:
        """Delete entries and their rows, but not of a job that was redriven meanwhile: its entry has gone."""
        try:
            self._table.submit_transaction(
                ("delete", each) for found in entries for each in (found, index.keys(index.job_of(found)))
            )
        except TableTransactionError as error:
            if error.status_code != GONE:
                raise
            return sum(self._delete((each,)) for each in entries) if len(entries) > 1 else 0
        return len(entries)

    def _holds(self, job: Job) -> bool:
        held = self._table.get_entity(*index.keys(job.id).values())
        return bool(held["execution"] == job.execution)
