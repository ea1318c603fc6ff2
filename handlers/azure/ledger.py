"""The ledger on Table storage: one entity per job, with the columns of the DynamoDB table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import batched, groupby, islice
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.data.tables import TableClient, TableEntity, TableTransactionError, UpdateMode

from core.job import Job
from core.ports import OPEN, RELEASED, WITHOUT_PICTURE, LedgerRow
from core.trace import now, stamp
from handlers.azure.errors import translated

# The SDK does not retry inserts and updates. These are conditional, so that retrying them is safe.
REPEATABLE: dict[str, Any] = {"retry_on_methods": frozenset({"POST", "PATCH"})}
BATCH = 100  # the maximum number of operations in a transaction, which has one partition


class TableLedger:
    """See :class:`core.ports.Ledger` and :class:`core.ports.Claims`."""

    def __init__(self, table: TableClient) -> None:
        self._table = table

    def claim(self, job: Job) -> bool:
        """See :meth:`core.ports.Claims.claim`."""
        moment = now()
        entity = {
            "id": job.id,
            "execution": job.execution,
            "claimed_at": moment,
            "uploaded_at": job.uploaded_at,
            "recipe": job.recipe,
            "container": job.source.container,
            "key": job.source.key,
            **_progress(job, moment),
        }

        def free(held: TableEntity) -> bool:
            overtaken = (
                held["state"] in WITHOUT_PICTURE
                and held.get("uploaded_at", job.uploaded_at) < job.uploaded_at
            )
            return held["state"] == RELEASED or overtaken

        with translated(f"table {self._table.table_name}"):
            try:
                self._table.create_entity({**_keys(job.id), **entity}, **REPEATABLE)
            except ResourceExistsError:
                return self._change(job.id, free, entity) or self._holds(job)
        return True

    def record(self, job: Job) -> bool:
        """See :meth:`core.ports.Claims.record`."""

        def open_to(held: TableEntity) -> bool:
            return held["execution"] == job.execution and held["state"] in ("claimed", job.state)

        with translated(f"table {self._table.table_name}"):
            return self._change(job.id, open_to, _progress(job, now()))

    def release(self, row: LedgerRow) -> bool:
        """See :meth:`core.ports.Ledger.release`."""
        with translated(f"table {self._table.table_name}"):
            return self._change(
                row.id, lambda held: _row(held) == row, {"state": RELEASED, "updated_at": now()}
            )

    def end(self, row: LedgerRow, job: Job) -> bool:
        """See :meth:`core.ports.Ledger.end`."""
        with translated(f"table {self._table.table_name}"):
            return self._change(row.id, lambda held: _row(held) == row, _progress(job, now()))

    def open_before(self, moment: datetime) -> Iterator[LedgerRow]:
        """See :meth:`core.ports.Ledger.open_before`; the service scans the table for them."""
        states = " or ".join(f"state eq '{state}'" for state in OPEN)
        with translated(f"table {self._table.table_name}"):
            yield from map(
                _row,
                self._table.query_entities(
                    f"({states}) and updated_at lt @moment", parameters={"moment": stamp(moment)}
                ),
            )

    def expire(self, moment: datetime, at_most: int) -> int:
        """See :meth:`core.ports.Ledger.expire`; a row that changes meanwhile is left to the next run."""
        ended = " and ".join(f"state ne '{state}'" for state in OPEN)
        deleted = 0
        with translated(f"table {self._table.table_name}"):
            old = self._table.query_entities(
                f"{ended} and claimed_at lt @moment",
                parameters={"moment": stamp(moment)},
                select=["PartitionKey", "RowKey"],
            )
            # Table storage answers in key order, so the rows of a partition are adjacent.
            for _, rows in groupby(islice(old, at_most), key=lambda row: row["PartitionKey"]):
                for batch in batched(rows, BATCH, strict=False):
                    deleted += self._delete(batch)
        return deleted

    def get(self, job_id: str) -> LedgerRow | None:
        """Return the row, or ``None`` if there is none."""
        with translated(f"table {self._table.table_name}"):
            try:
                return _row(self._table.get_entity(*_keys(job_id).values()))
            except ResourceNotFoundError:
                return None

    def list(self) -> Iterator[LedgerRow]:
        """Yield all rows, in no particular order."""
        with translated(f"table {self._table.table_name}"):
            yield from map(_row, self._table.list_entities())

    def _change(self, job_id: str, allowed: Callable[[TableEntity], bool], values: Mapping[str, Any]) -> bool:
        """Write the values if the row allows it; read it again if it changed between read and write."""
        while True:
            held = self._table.get_entity(*_keys(job_id).values())
            if not allowed(held):
                return False
            try:
                self._table.update_entity(
                    {**_keys(job_id), **values},
                    mode=UpdateMode.MERGE,
                    etag=held.metadata["etag"],
                    match_condition=MatchConditions.IfNotModified,
                    **REPEATABLE,
                )
            except ResourceModifiedError:
                continue
            return True

    def _delete(self, rows: tuple[TableEntity, ...]) -> int:
        condition = MatchConditions.IfNotModified
        try:
            self._table.submit_transaction(
                ("delete", row, {"etag": row.metadata["etag"], "match_condition": condition}) for row in rows
            )
        except TableTransactionError as error:
            if error.status_code in (404, 412):  # another run was faster, or the job was redriven
                return 0
            raise
        return len(rows)

    def _holds(self, job: Job) -> bool:
        held = self._table.get_entity(*_keys(job.id).values())
        return bool(held["execution"] == job.execution)


def _keys(job_id: str) -> dict[str, str]:
    return {"PartitionKey": job_id[:2], "RowKey": job_id}


def _progress(job: Job, moment: str) -> dict[str, str]:
    return {"state": job.state, "updated_at": moment, "document": json.dumps(job.to_document())}


def _row(entity: Mapping[str, Any]) -> LedgerRow:
    return LedgerRow(
        id=entity["id"],
        state=entity["state"],
        claimed_at=entity["claimed_at"],
        updated_at=entity["updated_at"],
        document=json.loads(entity["document"]),
    )
