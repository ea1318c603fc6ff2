"""Make batches of a stack's objects, start them, and send again what failed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.stack import DeployedStack
from core import recipes
from core.batch.items import MAX_ITEMS, Item, to_list
from core.batch.manifest import Entry, entries
from core.batch.summary import TO_REDRIVE, Outcome
from core.deployment.limits import SUFFIXES
from core.deployment.names import ARCHIVE
from core.errors import RecipeError, SetupError
from core.job import AGAIN, BATCHES_PREFIX, Batch, Job, Problem, Source, job_id
from core.ledger import OPEN, RELEASED, LedgerRow
from core.ports import Upload

MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"  # exact, since it tells batches apart
INTERRUPTED = "BatchInterrupted"


@dataclass(frozen=True)
class Options:
    """How a batch treats its items: see :class:`core.job.Batch`."""

    concurrency: int
    tolerated: float


def in_prefix(deployment: DeployedStack, prefix: str, recipe: str) -> list[Item]:
    """Return the photos under the prefix, in the order of their keys.

    Raises:
        SetupError: No step may read there, or there are none.
    """
    readable = _readable(deployment)
    if not prefix.startswith(readable):
        raise SetupError(f"The steps of {deployment.stack} read {_only(readable)}, and not {prefix!r}.")
    possible = prefix == prefix.encode(errors="replace").decode()  # keys are UTF-8; an argument need not be
    found = list(deployment.connection.photos_under(prefix)) if possible else []
    if not found:
        raise SetupError(f"There are no photos under {prefix!r}.")
    return [Item(each, recipe) for each in sorted(found, key=lambda each: each.source.key)]


def in_manifest(deployment: DeployedStack, path: Path, recipe: str) -> tuple[list[Item], list[str]]:
    """Return the items of the manifest, and a sentence for each entry that cannot be one.

    Raises:
        SetupError: The manifest cannot be read, or none of its entries can be used.
    """
    listed, readable = entries(path), _readable(deployment)
    stored = {
        each.source.key: each for prefix in readable for each in deployment.connection.photos_under(prefix)
    }
    known: set[str] = set()
    items: dict[str, Item] = {}
    mistakes: list[str] = []
    for each in listed:
        named = each.recipe or recipe
        mistake = each.mistake or _mistake(each, stored, readable, named, known)
        if not mistake:
            item = Item(stored[each.key], named)
            mistake = "is there twice" if item.id in items else ""
            items.setdefault(item.id, item)
        if mistake:
            mistakes.append(f"{each.at} {mistake}")
    if not items:
        raise SetupError("\n".join((f"No entry of {path} can be used:", *mistakes)))
    return list(items.values()), mistakes


def _readable(deployment: DeployedStack) -> tuple[str, ...]:
    """Return the prefixes under which the steps may read."""
    begins = deployment.outputs["inputPrefix"]
    return (begins, ARCHIVE) if begins else ("",)


def _only(readable: tuple[str, ...]) -> str:
    return f"only under {' and '.join(map(repr, readable))}"


def _mistake(
    entry: Entry, stored: dict[str, Upload], readable: tuple[str, ...], recipe: str, known: set[str]
) -> str:
    key = entry.key
    if not key.lower().endswith(SUFFIXES):
        return f"names {key!r}, and the name of a photo must end with {', '.join(SUFFIXES)}"
    if not key.startswith(readable):
        return f"names {key!r}, and the steps read {_only(readable)}"
    if key not in stored:
        return f"names {key!r}, and there is no such photo"
    if recipe not in known:
        try:
            recipes.load(recipe)
        except RecipeError as error:
            return f"names a recipe that cannot be used: {error}"
        known.add(recipe)
    return ""


def start(
    deployment: DeployedStack, items: Sequence[Item], options: Options, recipe: str, *, again: bool = False
) -> tuple[str, list[Item]]:
    """Store the list of the items and start their batch; return its id, and the items as they are listed.

    With ``again`` each has a job of its own beside the one that it had under the same recipe.

    Raises:
        SetupError: There are too many.
        StoreUnavailable: The store can't answer now.
    """
    if len(items) > MAX_ITEMS:
        raise SetupError(f"There are {len(items):,} items; a batch has at most {MAX_ITEMS:,}: make several.")
    moment = datetime.now(UTC)
    now = moment.strftime(MOMENT)
    version = f"{AGAIN}{moment:%y%m%d%H%M%S%f}" if again else ""
    listed = [Item(replace(each.upload, stored_at=now), f"{each.recipe}{version}") for each in items]
    data = to_list(listed)
    digest = hashlib.sha256(data).hexdigest()[:32]
    source = Source(
        deployment.outputs["outputContainer"], f"{BATCHES_PREFIX}{digest}.jsonl", digest, len(data)
    )
    deployment.connection.outputs.put(source.key, data, "application/jsonl")
    batch = Batch(len(listed), options.concurrency, options.tolerated)
    deployment.connection.start_batch(Upload(source, now), recipe, batch)
    return job_id(source.container, source.key, source.etag, recipe), listed


def lost(deployment: DeployedStack, found: Iterable[Outcome], older_than: timedelta) -> Iterator[Outcome]:
    """Release the rows of items whose execution is lost, and yield these items.

    It is if the row has not changed for so long, and the platform does not know better.
    """
    intake, ledger = deployment.connection.intake, deployment.connection.ledger
    late = _before(older_than)
    for each in found:
        row = each.row
        if row is None or each.end != "unfinished" or row.updated_at > late:
            continue
        if row.state == RELEASED:
            yield each
        if row.state == "claimed" and not intake.running(row.job().execution) and ledger.release(row):
            yield each


def redrive(
    deployment: DeployedStack, row: LedgerRow, found: Sequence[Outcome], older_than: timedelta
) -> tuple[str, list[Item]]:
    """Start a batch of the items that failed, were not begun, or whose execution is lost.

    A batch that has not ended is ended as failed: its execution is lost too.

    Raises:
        SetupError: The batch is at work, or there is nothing to send again.
    """
    job = row.job()
    if row.state in OPEN:
        if deployment.connection.intake.running(job.execution):
            raise SetupError(f"The batch {row.id} is at work: wait until it has ended.")
        # Not every platform knows what runs, so the last sign of life counts.
        alive = max([row.updated_at, *(each.row.updated_at for each in found if each.row)])
        if alive > _before(older_than):
            raise SetupError(
                f"The batch {row.id} was at work at {alive}: wait until it has ended. If you know that it "
                "was interrupted, --older-than 0 does not wait."
            )
    again = [each.item for each in found if each.end in TO_REDRIVE]
    again += [each.item for each in lost(deployment, found, older_than)]
    if not again:
        raise SetupError(f"The batch {row.id} has no item to send again.")
    batch = job.batch or Batch(len(again), 1, 0)
    made, items = start(deployment, again, Options(batch.concurrency, batch.tolerated), job.recipe)
    if row.state in OPEN:
        told = Problem(INTERRUPTED, f"It did not end; {made} has what was left.")
        deployment.connection.ledger.end(row, _ended(job, told))
    return made, items


def _before(age: timedelta) -> str:
    """Return the time so long ago, as rows have it."""
    return (datetime.now(UTC) - age).isoformat()


def _ended(job: Job, told: Problem) -> Job:
    return replace(job, state="failed", error=told)
