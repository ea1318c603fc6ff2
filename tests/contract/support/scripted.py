"""Steps that follow a script, in place of the real ones, both in a Lambda function and in an activity.

The upload's key names its scenario. A scenario says, by step, what each try ends in; all others end well.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Literal

from core import errors
from core.batch.items import Item, to_list
from core.job import Artifact, Job, Photo, Problem, Rendition, merge
from core.ledger import Ledger, LedgerRow
from core.ports import Upload
from core.store.folder import FolderStore
from core.trace import Stopwatch

CALLS = "SCRIPTED_CALLS"  # names the file that gets a line for every try of a step

BUSY = "StoreUnavailable"
LOST = "lost"  # the platform lost the worker
LONG = "long"  # an error whose message is longer than Step Functions carries
REJECTS = "rejects"  # what only gates do: say no without raising
FLAGS = "flags"  # a person has to decide about the photo
HANGS = "hangs"  # it neither ends nor dies
HASTY_SECONDS = 10  # the whole time of a workflow that a step holds up
SCENARIOS: dict[str, dict[str, list[str]]] = {
    "success": {},
    "rejected by validate": {"validate": [REJECTS]},
    "rejected by a later step": {"optimize": ["DamagedPhoto"]},
    "healed by the second try": {"validate": [BUSY]},
    "healed by the third try": {"optimize": [BUSY, BUSY]},
    "healed in one branch": {"apply_filters": [BUSY, BUSY]},
    "tries spent": {"validate": [BUSY, BUSY, BUSY]},
    "tries spent in one branch": {"resize": [BUSY, BUSY, BUSY]},
    "rejected in one branch": {"apply_filters": ["TooManyPixels"]},
    "an error that no retry helps": {"optimize": ["RecipeError"]},
    "gone before it was read": {"validate": ["ObjectMissing"]},
    "a defect of ours": {"resize": ["ZeroDivisionError"]},
    "a different error on the second try": {"optimize": [BUSY, "DamagedPhoto"]},
    "healed of a lost worker": {"resize": [LOST]},
    "busy and lost in turn": {"optimize": [BUSY, LOST, BUSY, LOST]},
    "an error of many words": {"resize": [LONG]},
}
# Where one function does all image work.
FUSED: dict[str, dict[str, list[str]]] = {
    "fused success": {},
    "fused rejected": {"process": [REJECTS]},
    "fused rejected by an error": {"process": ["DamagedPhoto"]},
    "fused healed by the third try": {"process": [BUSY, BUSY]},
    "fused tries spent": {"process": [BUSY, BUSY, BUSY]},
}
# Where flagged photos wait for a person: what the person decides, and who decides before the workflow waits.
REVIEWED: dict[str, dict[str, list[str]]] = {
    "nothing to review": {},
    "approved": {"validate": [FLAGS]},
    "approved before it waits": {"validate": [FLAGS]},
    "refused": {"validate": [FLAGS]},
    "expired": {"validate": [FLAGS]},
}
DECISIONS: dict[str, Literal["approved", "refused"]] = {
    "approved": "approved",
    "approved before it waits": "approved",
    "refused": "refused",
}
EARLY = "approved before it waits"
REASON = 'It is "seen", ünd decided.'
REVIEW_SECONDS = 4
# Of Durable alone: its orchestrations end themselves, Step Functions ends overdue executions from outside.
LATE: dict[str, dict[str, list[str]]] = {"a step that never answers": {"optimize": [HANGS]}}
# The items of batches: one that every batch has, one that was processed before, and how two batches end.
ITEMS: dict[str, dict[str, list[str]]] = {
    "item success": {},
    "item rejected": {"validate": [REJECTS]},
    "item failed": {"validate": [BUSY, BUSY, BUSY]},
    "item healed": {"optimize": [BUSY]},
    "item lost": {"resize": [LOST]},
}
BATCHES = {
    "tolerated": (list(ITEMS), 20.0),
    "processed before": (["item success", "item rejected"], 0.0),
    "too many failed": (["item failed", "item success"], 49.0),
}
PAGE = 2  # items of one execution of an interpreted batch
STORE = "SCRIPTED_STORE"  # names the folder of what a batch reads and writes
SCRIPTS = SCENARIOS | FUSED | REVIEWED | LATE | ITEMS


class Hanging(BaseException):
    """Stands for a call that never answers; no handler of errors may catch it."""


# Stands for what a platform says of a worker that died, by one of the names that Step Functions uses for it.
Lost = type("Sandbox.Timedout", (BaseException,), {})


def key(scenario: str) -> str:
    """Return the key of the scenario's upload."""
    return f"incoming/{scenario}.jpg"


def execute(name: str, jobs: Job | list[Job], tools: object, attempt: int = 1) -> Job:
    """Do what the job's script says, as :func:`core.steps.execute` would do the step."""
    job = merge(jobs) if isinstance(jobs, list) else jobs
    stopwatch = Stopwatch(name, attempt)
    with Path(os.environ[CALLS]).open("a") as calls:
        calls.write(f"{job.source.key}\t{name}\n")
    script = SCRIPTS[Path(job.source.key).stem].get(name, [])
    outcome = script[attempt - 1] if attempt <= len(script) else "well"
    if outcome == REJECTS:
        return replace(job, error=Problem("NotAPhoto", "It is a poem."), trace=(*job.trace, stopwatch.stop()))
    if outcome == FLAGS:
        job = replace(job, flags=("animated", "location"))
        outcome = "well"
    if outcome == HANGS:
        raise Hanging
    if outcome == LOST:
        raise Lost(f"The worker of {name} died.")
    if outcome == LONG:
        raise errors.RecipeError('The recipe says "\\ü' + "and more " * 10_000)
    if outcome != "well":
        kind = getattr(errors, outcome, ZeroDivisionError)
        raise kind(f"The step {name} says “{outcome}”.")
    return replace(_work(name, job), trace=(*job.trace, stopwatch.stop()))


def _work(name: str, job: Job) -> Job:
    match name:
        case "validate":
            return replace(job, photo=Photo("JPEG", 1600, 1200, 1))
        case "process":
            for each in ("validate", "resize", "apply_filters", "optimize"):
                job = _work(each, job)
            return job
        case "resize" | "apply_filters":
            made = Rendition(name, f"{job.work_prefix}{name}.png", 800, 600)
            return replace(job, renditions=(*job.renditions, made))
        case "optimize":
            artifacts = tuple(
                Artifact(f"{each.name}.jpg", f"{job.output_prefix}{each.name}.jpg", "image/jpeg", 800, 600, 5)
                for each in job.renditions
            )
            return replace(job, artifacts=artifacts)
        case _:
            return job  # a step that was added to the pipeline


def batch_list(name: str, uploads: Mapping[str, Upload], moment: str) -> bytes:
    """Return the list of a batch's items."""
    scenarios, _ = BATCHES[name]
    return to_list(Item(replace(uploads[each], stored_at=moment), "gallery") for each in scenarios)


def tools(open_store: object) -> SimpleNamespace:
    """Return all that a batch needs of a step's tools."""
    return SimpleNamespace(output=FolderStore(Path(os.environ[STORE])))


def decide(ledger: Ledger, job_id: str, key: str) -> LedgerRow | None:
    """Decide about a job that waits as its script says; return the row, or ``None`` if nobody decides."""
    decision = DECISIONS.get(Path(key).stem)
    row = ledger.get(job_id)
    return ledger.decide(row, decision, REASON) if decision and row else None


def ask(event: dict, context: object) -> dict:
    """Be the Lambda function that asks; one job's decision is there before it returns."""
    from handlers.aws import review
    from handlers.aws.ledger import DynamoLedger

    document = review.ask(event, context)
    if Path(document["source"]["key"]).stem == EARLY:
        decide(DynamoLedger(os.environ["TWINLENS_LEDGER_TABLE"]), document["id"], document["source"]["key"])
    return document


def handler(event: dict, context: object) -> dict:
    """Be the Lambda function of the step in ``TWINLENS_STEP``: the real one's contract, without its SDK."""
    documents = event["job"] if isinstance(event["job"], list) else [event["job"]]
    job = merge(map(Job.from_document, documents))
    return execute(os.environ["TWINLENS_STEP"], job, None, event["attempt"]).to_document()
