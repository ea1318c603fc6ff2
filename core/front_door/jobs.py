"""Describe a job to whoever uploaded its photo."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from core.front_door.ports import Signer, Ticket
from core.ledger import OPEN, LedgerRow
from core.trace import stamp

AWAITING_UPLOAD, RECEIVED, EXPIRED = "awaiting_upload", "received", "expired"
NOT_ENDED = (AWAITING_UPLOAD, RECEIVED, *OPEN)
LATE = {"name": "UploadExpired", "message": "The photo did not come in time: ask for another upload."}
# What the ledger has no sentence about.
REASONS = {
    "refused": {"name": "Refused", "message": "The photo was refused by a person."},
    "expired": {"name": "ReviewExpired", "message": "Nobody decided about the photo in time."},
    "failed": {"name": "JobFailed", "message": "The photo could not be processed."},
}


def of_upload(ticket: Ticket, moment: datetime, *, came: bool) -> dict[str, Any]:
    """Describe a ticket without a job at a moment (UTC): its upload has come, may come, or is too late."""
    late = not came and stamp(moment) >= ticket.expires
    return {
        **_begin(ticket, RECEIVED if came else EXPIRED if late else AWAITING_UPLOAD),
        "problem": LATE if late else None,
    }


def of_row(ticket: Ticket, row: LedgerRow, steps: Collection[str], done: Iterable[str]) -> dict[str, Any]:
    """Describe a job by its ledger row.

    ``steps`` are those of the stack, and ``done`` what the orchestrator has told of a job under way. The
    results have keys and no addresses: see :func:`signed`.
    """
    document = row.document
    trace = document.get("trace", ())
    states = dict.fromkeys(steps, "waiting") | dict.fromkeys((each for each in done if each in steps), "done")
    states |= {each["step"]: "rejected" if each.get("rejected") else "done" for each in trace}
    job = _begin(ticket, row.state)
    job["steps"] = [{"name": name, "state": state} for name, state in states.items()]
    job["flags"] = list(document.get("flags", ()))
    job["times"] |= {
        "uploaded": document.get("uploaded_at", ""),
        "accepted": document.get("accepted_at", ""),
        "updated": row.updated_at,
    }
    if row.state == "succeeded":
        job["results"] = document.get("artifacts", [])
    elif job["ended"]:
        job["problem"] = document.get("error") or REASONS.get(row.state)
    return job


def signed(job: Mapping[str, Any], signer: Signer) -> dict[str, Any]:
    """Return the job with addresses of its results."""
    results = [
        {
            "name": each["name"],
            "url": signer.result(each["key"]),
            "width": each["width"],
            "height": each["height"],
            "bytes": each["size"],
            "type": each["content_type"],
        }
        for each in job["results"]
    ]
    return {**job, "results": results}


def etag(job: Mapping[str, Any], moment: datetime) -> str:
    """Return the ETag of the job, which changes every half an hour where addresses run out after an hour."""
    age = int(moment.timestamp() // 1800) if job["results"] else 0
    digest = hashlib.sha256(json.dumps([job, age], sort_keys=True).encode()).hexdigest()
    return f'"{digest[:32]}"'


def _begin(ticket: Ticket, state: str) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "name": ticket.name,
        "state": state,
        "ended": state not in NOT_ENDED,
        "steps": [],
        "flags": [],
        "times": {"created": ticket.created, "expires": ticket.expires},
        "results": [],
        "problem": None,
    }
