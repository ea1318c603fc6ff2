"""Check a run for values that Twinlens never writes, as in a file that was edited by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compare.fit import misfit
from compare.metering.clouds import CLOUDS
from compare.run import JobRecord, Run
from core.workflow.document import from_document
from core.workflow.granularity import GRANULARITIES
from core.workflow.model import Workflow


def head_flaw(run: Run) -> str | None:
    """Say what is wrong with the head of a run; return ``None`` if nothing is."""
    if run.cloud not in CLOUDS:
        return f"its cloud is {run.cloud!r}, and Twinlens knows {', '.join(CLOUDS)}"
    cloud = CLOUDS[run.cloud]
    for name, known in (
        ("orchestrator", cloud.orchestrators),
        ("granularity", GRANULARITIES),
        ("architecture", cloud.architectures),
    ):
        value = getattr(run, name)
        if value not in known:
            return f"its {name} is {value!r}, and on {run.cloud} Twinlens knows {', '.join(known)}"
    if run.memory_mb < 1:
        return f"its memory_mb is {run.memory_mb}, which must be above 0"
    try:
        from_document(run.workflow)
    except ValueError as error:
        return str(error)
    return None


def jobs_flaw(run: Run, workflow: Workflow, records: Sequence[JobRecord]) -> tuple[int, str] | None:
    """Return the number of the first invalid line, and what is wrong with it."""
    photos = {photo.name for photo in run.photos}
    seen: set[str] = set()
    for number, record in enumerate(records, start=1):
        if record.photo not in photos:
            return number, f"belongs to the photo {record.photo!r}, which run.json does not list"
        if record.id in seen:
            return number, f"repeats the job {record.id} of an earlier line"
        seen.add(record.id)
        if record.state != "lost" and (record.job is None or record.recorded_at is None):
            return number, f"has the state {record.state}, but no job or no time of recording"
        if flaw := _trace_flaw(record) or misfit(record, workflow, run.where):
            return number, flaw
    return None


def _trace_flaw(record: JobRecord) -> str | None:
    entries = record.job.trace if record.job else ()
    for entry in entries:
        spans: Iterable[float] = (entry.download_ms, entry.compute_ms, entry.upload_ms)
        if min(spans) < 0 or entry.attempt < 1:
            return f"has a step, {entry.step}, with a negative duration or an attempt below 1"
    return None
