"""The ledger port on Table storage: one entity a job, the same columns as the DynamoDB table."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.data.tables import EdmType, EntityProperty, TableClient, UpdateMode

from core.job import Job
from core.ports import LedgerRow
from core.trace import now
from handlers.azure.errors import translated

KEPT_SECONDS = 30 * 24 * 3600


class TableLedger:
    """See :class:`core.ports.Ledger`."""

    def __init__(self, table: TableClient) -> None:
        self._table = table

    def claim(self, job: Job) -> bool:
        """Insert the job's row; ``False`` if another execution holds it already."""
        moment = now()
        with translated(f"table {self._table.table_name}"):
            try:
                self._table.create_entity(
                    {
                        **_keys(job.id),
                        "id": job.id,
                        "execution": job.execution,
                        "claimed_at": moment,
                        # Table storage deletes nothing by itself; the column is for a clean-up.
                        "expires_at": EntityProperty(int(time.time()) + KEPT_SECONDS, EdmType.INT64),
                        "recipe": job.recipe,
                        "container": job.source.container,
                        "key": job.source.key,
                        **_progress(job, moment),
                    }
                )
            except ResourceExistsError:
                held = self._table.get_entity(*_keys(job.id).values())
                return bool(held["execution"] == job.execution)
        return True

    def record(self, job: Job) -> None:
        """Write the job's state and document to the row that its execution claimed."""
        with translated(f"table {self._table.table_name}"):
            self._table.update_entity({**_keys(job.id), **_progress(job, now())}, mode=UpdateMode.MERGE)

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
