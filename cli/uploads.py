"""Uploads and what becomes of them: sending a photo, following jobs to their end, writing down the result."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from cli.deployment import Deployment
from compare.run import JobRecord, Outcome
from core.job import Job
from core.ports import LedgerRow
from core.trace import now

FINAL_STATES = frozenset({"succeeded", "rejected", "failed"})
POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Upload:
    """One photo on its way; ``began`` and ``sent`` bound the transfer on this machine's clock."""

    id: str
    photo: Path
    key: str
    began: str
    sent: str


def send(deployment: Deployment, photo: Path, name: str) -> Upload:
    """Upload the photo as ``name`` and note when."""
    began = now()
    identifier = deployment.upload(photo, name)
    return Upload(identifier, photo, deployment.key(name), began, now())


def follow(
    deployment: Deployment, jobs: Iterable[str], timeout: float, ended: Callable[[LedgerRow], object]
) -> dict[str, LedgerRow]:
    """Poll the ledger until every job is in a final state or ``timeout`` seconds are over.

    Calls ``ended`` with the row of each job that ends, and returns the rows of those that did.
    """
    open_jobs = list(dict.fromkeys(jobs))
    rows: dict[str, LedgerRow] = {}
    deadline = time.monotonic() + timeout
    while open_jobs and time.monotonic() < deadline:
        for job in tuple(open_jobs):
            row = deployment.row(job)
            if row and row.state in FINAL_STATES:
                rows[job] = row
                open_jobs.remove(job)
                ended(row)
        if open_jobs:
            time.sleep(POLL_SECONDS)
    return rows


def record(
    deployment: Deployment,
    upload: Upload,
    rows: Mapping[str, LedgerRow],
    *,
    burst: int = 1,
    warm_up: bool = False,
    read_outputs: bool = False,
) -> JobRecord:
    """Write down one upload's fate; ``lost`` if its job reached no final state.

    With ``read_outputs`` every artifact is read back for its SHA-256.
    """
    row = rows.get(upload.id)
    job = Job.from_document(row.document) if row else None
    return JobRecord(
        id=upload.id,
        photo=upload.photo.name,
        began=upload.began,
        sent=upload.sent,
        state=cast(Outcome, row.state) if row else "lost",
        recorded_at=row.updated_at if row else None,
        job=job,
        outputs={
            artifact.name: hashlib.sha256(deployment.read_output(artifact.key)).hexdigest()
            for artifact in (job.artifacts if job and read_outputs else ())
        },
        burst=burst,
        warm_up=warm_up,
    )
