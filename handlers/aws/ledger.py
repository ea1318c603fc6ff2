"""The ledger on DynamoDB for the commands and the reconciler; the state machine writes claims and records."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from core.deployment.names import LEDGER_KEY, OPEN_INDEX, OPEN_INDEX_KEYS, SHARDS
from core.job import Job
from core.ports import OPEN, RELEASED, LedgerRow
from core.trace import now, stamp
from handlers.aws.clients import client
from handlers.aws.errors import translated

OPEN_KEY, CHANGED_KEY = OPEN_INDEX_KEYS


class DynamoLedger:
    """See :class:`core.ports.Ledger`."""

    def __init__(self, table: str) -> None:
        self._table = table

    def get(self, job_id: str) -> LedgerRow | None:
        """Return the row, as last written, or ``None`` if there is none."""
        with translated(f"table {self._table}"):
            answer = client("dynamodb").get_item(
                TableName=self._table, Key={LEDGER_KEY: {"S": job_id}}, ConsistentRead=True
            )
        return _row(answer["Item"]) if "Item" in answer else None

    def list(self) -> Iterator[LedgerRow]:
        """Yield all rows, in no particular order."""
        with translated(f"table {self._table}"):
            for page in client("dynamodb").get_paginator("scan").paginate(TableName=self._table):
                yield from map(_row, page["Items"])

    def open_before(self, moment: datetime) -> Iterator[LedgerRow]:
        """Yield the jobs that have not ended, from the index that contains only these."""
        for shard in SHARDS:
            with translated(f"table {self._table}"):
                pages = client("dynamodb").get_paginator("query")
                for page in pages.paginate(
                    TableName=self._table,
                    IndexName=OPEN_INDEX,
                    KeyConditionExpression="#open = :shard AND #updated_at < :moment",
                    ExpressionAttributeNames={"#open": OPEN_KEY, "#updated_at": CHANGED_KEY},
                    ExpressionAttributeValues={":shard": {"S": shard}, ":moment": {"S": stamp(moment)}},
                ):
                    # The index may lag behind and contains only keys: the row decides.
                    rows = (self.get(item[LEDGER_KEY]["S"]) for item in page["Items"])
                    yield from (row for row in rows if row and row.state in OPEN)

    def release(self, row: LedgerRow) -> bool:
        """Release the job; return ``False`` if the row has changed since it was read."""
        shard = {":open": {"S": row.id[0]}}
        return self._change(row, "SET #state = :new, #updated_at = :now, #open = :open", RELEASED, shard)

    def end(self, row: LedgerRow, job: Job) -> bool:
        """Write the final state of the job; return ``False`` if the row has changed since it was read."""
        update = "SET #state = :new, #updated_at = :now, #document = :document REMOVE #open"
        return self._change(row, update, job.state, {":document": {"S": json.dumps(job.to_document())}})

    def expire(self, moment: datetime, at_most: int) -> int:
        """Do nothing: DynamoDB deletes rows by their ``expires_at``, see ``components.aws.ledger``."""
        return 0

    def _change(self, row: LedgerRow, update: str, state: str, values: Mapping[str, Any]) -> bool:
        database = client("dynamodb")
        names = {
            f"#{name}": name for name in ("state", "updated_at", "open", "document") if f"#{name}" in update
        }
        with translated(f"table {self._table}"):
            try:
                database.update_item(
                    TableName=self._table,
                    Key={LEDGER_KEY: {"S": row.id}},
                    UpdateExpression=update,
                    ConditionExpression="#state = :state AND #updated_at = :updated_at",
                    ExpressionAttributeNames=names,
                    ExpressionAttributeValues={
                        ":new": {"S": state},
                        ":now": {"S": now()},
                        ":state": {"S": row.state},
                        ":updated_at": {"S": row.updated_at},
                        **values,
                    },
                )
            except database.exceptions.ConditionalCheckFailedException:
                return False
        return True


def _row(item: Mapping[str, Any]) -> LedgerRow:
    return LedgerRow(
        id=item["id"]["S"],
        state=item["state"]["S"],
        claimed_at=item["claimed_at"]["S"],
        updated_at=item["updated_at"]["S"],
        document=json.loads(item["document"]["S"]),
    )
