"""The entries by which the Table ledger finds rows without reading all of them.

A row has one entry, in the same table and partition, so that both change in one transaction. The entry of an
open row, "index:open:<id>", has the time of the row's last change; that of any other, "index:ended:<claimed
at>:<id>", is in the order in which rows expire. All entries come after the rows, whose keys are hexadecimal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from core.ledger import OPEN
from core.trace import stamp

PREFIX = "index:"
IS_OPEN = f"{PREFIX}open:"
HAS_ENDED = f"{PREFIX}ended:"
PARTITION = "PartitionKey eq @shard and RowKey ge @first and RowKey lt @last"


def keys(job_id: str) -> dict[str, str]:
    """Return the keys of a job's row. Its partition is the first digit of the id, as on DynamoDB's index."""
    return {"PartitionKey": job_id[0], "RowKey": job_id}


def entry(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the entry of a row."""
    if row["state"] in OPEN or row.get("unsent"):
        return {**keys(row["id"]), "RowKey": IS_OPEN + row["id"], "updated_at": row["updated_at"]}
    return {**keys(row["id"]), "RowKey": f"{HAS_ENDED}{row['claimed_at']}:{row['id']}"}


def moves(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the operations that make the entry of ``before`` that of ``after``."""
    old, new = entry(before), entry(after)
    yield "upsert", new
    if old["RowKey"] != new["RowKey"]:
        yield "delete", old


def rows(shard: str, after: str) -> tuple[str, dict[str, str]]:
    """Return the query for the rows of a partition whose ids are greater than ``after``."""
    query = "PartitionKey eq @shard and RowKey gt @after and RowKey lt @last"
    return query, {"shard": shard, "after": after, "last": PREFIX}


def open_before(shard: str, moment: datetime) -> tuple[str, dict[str, str]]:
    """Return the query for the entries of open jobs that were last changed before the moment."""
    told = {"shard": shard, "first": IS_OPEN, "last": _after(IS_OPEN), "moment": stamp(moment)}
    return f"{PARTITION} and updated_at lt @moment", told


def ended_before(shard: str, moment: datetime) -> tuple[str, dict[str, str]]:
    """Return the query for the entries of jobs that have ended and were claimed before the moment."""
    return PARTITION, {"shard": shard, "first": HAS_ENDED, "last": HAS_ENDED + stamp(moment)}


def job_of(found: Mapping[str, Any]) -> str:
    """Return the id of an entry's job."""
    return str(found["RowKey"]).rpartition(":")[2]


def _after(prefix: str) -> str:
    """Return the first text that comes after all that begin with ``prefix``."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)
