"""What became of the items of a batch: read from the ledger, whichever execution brought it about."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from core.batch.items import Item, items_of
from core.job import Artifact, Job
from core.ledger import AWAITING, OPEN, RELEASED, WITHOUT_PICTURE, LedgerRow
from core.ports import ObjectStore

NAME = "summary.json"
READS_AT_ONCE = 16

End = Literal["succeeded", "skipped", "rejected", "refused", "expired", "failed", "unfinished", "missing"]
ENDS: tuple[End, ...] = get_args(End)
# What a redrive sends again: the rest has ended as it should, or is under way.
TO_REDRIVE: tuple[End, ...] = ("failed", "missing")

WHY_OPEN = {
    "claimed": "An execution is at work on it, or was lost.",
    AWAITING: "It waits for a person's decision.",
    RELEASED: "It was lost, and its job is to run again.",
}

type Rows = Callable[[str], LedgerRow | None]


@dataclass(frozen=True)
class Outcome:
    """What became of an item.

    It was ``skipped`` if it had a picture before, is ``unfinished`` if its job has not ended, and ``missing``
    if there is no job of it, or only one that ended without a picture before the batch.
    """

    item: Item
    end: End
    reason: str = ""
    row: LedgerRow | None = None


def outcome(item: Item, row: LedgerRow | None) -> Outcome:
    """Return what became of the item with this row in the ledger."""
    before = row is not None and _until(row) < datetime.fromisoformat(item.upload.stored_at)
    if row is None or (before and row.state in WITHOUT_PICTURE):
        return Outcome(item, "missing", "It was not begun.", row)
    error = row.document.get("error")
    reason = str(error.get("message", "")) if isinstance(error, dict) else ""
    if row.state in OPEN:
        return Outcome(item, "unfinished", WHY_OPEN[row.state], row)
    if before and row.state == "succeeded":
        return Outcome(item, "skipped", f"It was processed at {row.updated_at}.", row)
    known: End = next((each for each in ENDS if each == row.state), "failed")
    return Outcome(item, known, reason, row)


def _until(row: LedgerRow) -> datetime:
    try:
        return datetime.fromisoformat(row.stands_until).astimezone(UTC)
    except ValueError:  # of a row that cannot be read
        return datetime.max.replace(tzinfo=UTC)


def outcomes(items: Iterable[Item], rows: Rows) -> list[Outcome]:
    """Return what became of the items, in their order."""
    with ThreadPoolExecutor(READS_AT_ONCE) as several:
        return list(several.map(lambda item: outcome(item, rows(item.id)), items))


def counts(found: Iterable[Outcome]) -> dict[str, int]:
    """Return how many items ended how, without ends of none."""
    counted = Counter(each.end for each in found)
    return {end: counted[end] for end in ENDS if counted[end]}


def document(batch: Job, found: list[Outcome]) -> dict[str, Any]:
    """Return the summary of a batch: the counts, and each item that has no picture, with the reason."""
    without = [each for each in found if each.end not in ("succeeded", "skipped")]
    return {
        "batch": batch.id,
        "recipe": batch.recipe,
        "items": len(found),
        "counts": counts(found),
        "without_picture": [
            {"key": each.item.upload.source.key, "job": each.item.id, "end": each.end, "reason": each.reason}
            for each in without
        ],
    }


def summarized(batch: Job, store: ObjectStore, rows: Rows) -> Job:
    """Write the summary of a batch and return its job with the artifact.

    Raises:
        ObjectMissing: The list of the items was deleted.
        StoreUnavailable: The store can't answer now.
    """
    text = json.dumps(document(batch, outcomes(items_of(batch, store), rows)), indent=1).encode()
    key = f"{batch.output_prefix}{NAME}"
    store.put(key, text, "application/json")
    return replace(batch, artifacts=(Artifact(NAME, key, "application/json", 0, 0, len(text)),))
