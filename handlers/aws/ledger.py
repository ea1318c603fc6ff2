"""The ledger on DynamoDB for the commands and the reconciler; the state machine writes claims and records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from core.deployment.names import LEDGER_KEY, OPEN_INDEX, OPEN_INDEX_KEYS, SHARDS
from core.job import Job
from core.ledger import AT_WORK, AWAITING, RELEASED, Decision, LedgerRow, document_in
from core.trace import now, stamp
from handlers.aws.clients import client
from handlers.aws.errors import translated

OPEN_KEY, CHANGED_KEY = OPEN_INDEX_KEYS
TYPES = {str: "S", bool: "BOOL", int: "N"}  # DynamoDB's names

type Value = str | bool | int


class DynamoLedger:
    """See :class:`core.ledger.Ledger`."""

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
        """Yield the rows that something is left to do for, from the index that contains only these."""
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
                    yield from (row for row in rows if row and row.open)

    def release(self, row: LedgerRow) -> bool:
        """Release the job; return ``False`` if the row has changed since it was read."""
        update = "SET #state = :new, #updated_at = :now, #open = :open"
        return self._change(row, update, {":new": RELEASED, ":open": row.id[0]})

    def ask(self, job: Job, link_hash: str) -> LedgerRow | None:
        """See :meth:`core.ledger.Asking.ask`."""
        update = (
            "SET #state = :new, #updated_at = :now, #document = :document, #link_hash = :link_hash"
            " REMOVE #token"
        )
        undecided = "#state IN (:claimed, :new) AND attribute_not_exists(#decision)"
        values = {
            ":new": job.state,
            ":now": now(),
            ":document": json.dumps(job.to_document()),
            ":link_hash": link_hash,
            ":execution": job.execution,
            ":claimed": "claimed",
        }
        with translated(f"table {self._table}"):
            try:
                answer = self._update_item(job.id, update, f"#execution = :execution AND {undecided}", values)
            except client("dynamodb").exceptions.ConditionalCheckFailedException as error:
                held = _row({LEDGER_KEY: {"S": job.id}, **error.response.get("Item", {})})
                mine = held.document.get("execution") == job.execution
                return held if mine and held.state in AT_WORK else None
        return _row(answer["Attributes"])

    def decide(self, row: LedgerRow, decision: Decision, reason: str) -> LedgerRow | None:
        """See :meth:`core.ledger.Ledger.decide`; the answer has the token, if the execution waits already."""
        decided = self._update(
            row.id,
            "SET #decision = :decision, #reason = :reason, #updated_at = :now",
            "#execution = :execution AND #state = :awaiting AND attribute_not_exists(#decision)",
            {
                ":decision": decision,
                ":reason": reason,
                ":now": now(),
                ":execution": row.document["execution"],
                ":awaiting": AWAITING,
            },
        )
        return _row(decided["Attributes"]) if decided else None

    def end(self, row: LedgerRow, job: Job) -> bool:
        """Write the final state of the job, marked as unsent, so that the row stays in the index."""
        update = "SET #state = :new, #updated_at = :now, #document = :document, #unsent = :unsent"
        document = json.dumps(job.to_document())
        return self._change(row, update, {":new": job.state, ":document": document, ":unsent": True})

    def sent(self, row: LedgerRow) -> bool:
        """See :meth:`core.ledger.Ledger.sent`."""
        return self._change(row, "SET #updated_at = :now REMOVE #unsent, #open", {})

    def expire(self, moment: datetime, at_most: int) -> int:
        """Do nothing: DynamoDB deletes rows by their ``expires_at``, see ``components.aws.ledger``."""
        return 0

    def _change(self, row: LedgerRow, update: str, values: Mapping[str, Value]) -> bool:
        """Update the row unless it has changed since it was read."""
        unchanged = "#state = :state AND #updated_at = :updated_at"
        read = {":state": row.state, ":updated_at": row.updated_at}
        return self._update(row.id, update, unchanged, {**values, **read, ":now": now()}) is not None

    def _update(
        self, job_id: str, update: str, condition: str, values: Mapping[str, Value]
    ) -> dict[str, Any] | None:
        """Update the row; return ``None`` and write nothing if the condition does not hold."""
        with translated(f"table {self._table}"):
            try:
                return self._update_item(job_id, update, condition, values)
            except client("dynamodb").exceptions.ConditionalCheckFailedException:
                return None

    def _update_item(
        self, job_id: str, update: str, condition: str, values: Mapping[str, Value]
    ) -> dict[str, Any]:
        """Update the row, or raise the service's error, with the row if it does not fulfil the condition."""
        answer: dict[str, Any] = client("dynamodb").update_item(
            TableName=self._table,
            Key={LEDGER_KEY: {"S": job_id}},
            UpdateExpression=update,
            ConditionExpression=condition,
            ExpressionAttributeNames=_names(update + condition),
            ExpressionAttributeValues=_values(values),
            ReturnValues="ALL_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
        return answer

    def _replace(self, row: Mapping[str, Value], condition: str, values: Mapping[str, Value]) -> bool:
        """Put the row in place of any before it; return ``False`` if the condition fails."""
        database = client("dynamodb")
        with translated(f"table {self._table}"):
            try:
                database.put_item(
                    TableName=self._table,
                    Item=_values(row),
                    ConditionExpression=condition,
                    ExpressionAttributeNames=_names(condition),
                    ExpressionAttributeValues=_values(values),
                )
            except database.exceptions.ConditionalCheckFailedException:
                return False
        return True


def _names(expression: str) -> dict[str, str]:
    return {f"#{name}": name for name in re.findall(r"#(\w+)", expression)}


def _values(values: Mapping[str, Value]) -> dict[str, dict[str, Any]]:
    """Return the values in DynamoDB's notation, in which a number is text."""
    kinds = {name: TYPES[type(value)] for name, value in values.items()}
    return {name: {kind: str(values[name]) if kind == "N" else values[name]} for name, kind in kinds.items()}


def _row(item: Mapping[str, Any]) -> LedgerRow:
    """Return the row; what is missing in it, since somebody else wrote it, is empty."""
    names = ("state", "claimed_at", "updated_at", "decision", "token", "link_hash")
    texts = {name: item.get(name, {}).get("S", "") for name in names}
    document = document_in(item.get("document", {}).get("S", ""))
    unsent = bool(item.get("unsent", {}).get("BOOL", False))
    return LedgerRow(item[LEDGER_KEY]["S"], document=document, unsent=unsent, **texts)
