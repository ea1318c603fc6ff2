"""Keep batches that have ended as runs, for ``twinlens report``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from bench.records import head
from bench.stack import DeployedStack
from compare.folder import JOBS, append_jobs, write_head
from compare.metering.batch import ORCHESTRATORS
from compare.run import JobRecord, Outcome, PhotoFile, Plan, RunBatch
from core.batch.summary import Outcome as ItemOutcome
from core.batch.summary import counts
from core.errors import SetupError, UnreadableRow
from core.job import Batch
from core.ledger import OPEN, LedgerRow

NOTHING_DONE = ("skipped", "missing")


def keep(deployment: DeployedStack, row: LedgerRow, found: Sequence[ItemOutcome], out: Path) -> Path | None:
    """Write the run folder of a batch, in place of an earlier one of the same batch; return the folder.

    A batch of which all items were skipped or not begun has no run.

    An item's times begin when it is its turn: how long it waited for that is the batch's concurrency.

    Raises:
        SetupError: The batch is at work.
    """
    if row.state in OPEN:
        raise SetupError(f"The batch {row.id} is at work: it can be kept as a run once it has ended.")
    done = [each for each in found if each.end not in NOTHING_DONE]
    if not done:
        return None
    job = row.job()
    batch = job.batch or Batch(len(found), 1, 0)
    sources = {each.item.upload.source for each in done}
    now = head(deployment, (), Plan(1, len(done)))
    run = replace(
        now,
        name=f"{deployment.stack}-batch-{row.id[:12]}",
        orchestrator=ORCHESTRATORS.get(now.cloud, now.orchestrator),
        recipe=job.recipe,
        started=job.uploaded_at,
        ended=row.updated_at,
        photos=tuple(PhotoFile(each.key, each.size, "") for each in sorted(sources, key=lambda one: one.key)),
        batch=RunBatch(row.id, len(found), batch.concurrency, counts(found)),
    )
    folder = out / run.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / JOBS).unlink(missing_ok=True)
    append_jobs(folder, (_record(each) for each in done))
    write_head(folder, run)
    return folder


def _record(each: ItemOutcome) -> JobRecord:
    key, row = each.item.upload.source.key, each.row
    moment = each.item.upload.stored_at
    lost = JobRecord(each.item.id, key, moment, moment, "lost")
    if row is None or each.end == "unfinished":
        return lost
    try:
        job = row.job()
    except UnreadableRow:
        return lost
    return JobRecord(
        each.item.id, key, job.accepted_at, job.accepted_at, cast(Outcome, each.end), row.updated_at, job
    )
