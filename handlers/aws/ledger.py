"""The ledger on DynamoDB, as the command line needs it; claims and records are the state machine's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from core.ports import RELEASED, LedgerRow
from core.trace import now
from handlers.aws.clients import client
from handlers.aws.errors import translated


class DynamoLedger:
    """See :class:`core.ports.Ledger`."""

    def __init__(self, table: str) -> None:
        self._table = table

    def get(self, job_id: str) -> LedgerRow | None:
        """Return the row, as last written, or ``None`` if there is none."""
        with translated(f"table {self._table}"):
            answer = client("dynamodb").get_item(
                TableName=self._table, Key={"id": {"S": job_id}}, ConsistentRead=True
            )
        return _row(answer["Item"]) if "Item" in answer else None

    def list(self) -> Iterator[LedgerRow]:
        """Yield all rows, in no particular order."""
        with translated(f"table {self._table}"):
            for page in client("dynamodb").get_paginator("scan").paginate(TableName=self._table):
                yield from map(_row, page["Items"])

    def release(self, row: LedgerRow) -> bool:
        """Give the job back; ``False`` if the row has changed since it was read."""
        database = client("dynamodb")
        with translated(f"table {self._table}"):
            try:
                database.update_item(
                    TableName=self._table,
                    Key={"id": {"S": row.id}},
                    UpdateExpression="SET #state = :released, #updated_at = :now",
                    ConditionExpression="#state = :state AND #updated_at = :updated_at",
                    ExpressionAttributeNames={"#state": "state", "#updated_at": "updated_at"},
                    ExpressionAttributeValues={
                        ":released": {"S": RELEASED},
                        ":now": {"S": now()},
                        ":state": {"S": row.state},
                        ":updated_at": {"S": row.updated_at},
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
