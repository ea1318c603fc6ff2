"""The rows of the Table ledger: what is written to them, what is read in them, and what may be changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from azure.data.tables import TableEntity

from core.job import Job
from core.ledger import AT_WORK, LedgerRow, document_in

# What is left of an earlier execution when another one claims the row.
ANEW = {"decision": "", "reason": "", "link_hash": "", "unsent": False}


def works(job: Job, held: TableEntity) -> bool:
    """Return whether the job's execution has the row, and has not ended."""
    return held["execution"] == job.execution and held["state"] in AT_WORK


def decided(held: TableEntity) -> bool:
    """Return whether there is a decision about the job."""
    return bool(held.get("decision"))


def same_decision(seen: TableEntity, held: TableEntity) -> bool:
    """Return whether nothing of the decision about a job has changed since the row was seen."""
    return all(seen[name] == held[name] for name in ("execution", "state", "decision"))


def progress(job: Job, moment: str) -> dict[str, str]:
    """Return the columns that every step of a job's way through the ledger changes."""
    return {"state": job.state, "updated_at": moment, "document": json.dumps(job.to_document())}


def row_of(entity: Mapping[str, Any]) -> LedgerRow:
    """Return the row; what is missing in it, since somebody else wrote it, is empty."""
    names = ("state", "claimed_at", "updated_at", "decision", "link_hash")
    texts = {name: str(entity.get(name, "")) for name in names}
    document = document_in(str(entity.get("document", "")))
    return LedgerRow(entity["RowKey"], document=document, unsent=bool(entity.get("unsent", False)), **texts)
