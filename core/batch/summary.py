"""What became of the items of a batch: read from the ledger, whichever execution brought it about."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from core.batch.items import MAX_LIST_BYTES, Item, items_of
from core.job import Artifact, Job
from core.ledger import AWAITING, OPEN, RELEASED, WITHOUT_PICTURE, LedgerRow
from core.ports import ObjectStore

NAME = "summary.json"
READS_AT_ONCE = 10  # as many as there are connections that the SDKs of both clouds keep
READ = 200  # rows between two looks at the clock

End = Literal["succeeded", "skipped", "rejected", "refused", "expired", "failed", "unfinished", "missing"]
ENDS: tuple[End, ...] = get_args(End)
WITH_PICTURE: tuple[End, ...] = ("succeeded", "skipped")
# What a redrive sends again: the rest has ended as it should, or is under way.
TO_REDRIVE: tuple[End, ...] = ("failed", "missing")

WHY_OPEN = {
    "claimed": "An execution is at work on it, or was lost.",
    AWAITING: "It waits for a person's decision.",
    RELEASED: "It was lost, and its job is to run again.",
}

type Rows = Callable[[str], LedgerRow | None]
type Part = Mapping[str, Any]
type Parts = list[tuple[int, int]]  # the positions in the list that each begins and ends at


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
    return _in_order(Counter(each.end for each in found))


def _in_order(counted: Counter[str]) -> dict[str, int]:
    return {end: counted[end] for end in ENDS if counted[end]}


def part(found: Sequence[Outcome]) -> Part:
    """Return what a summary says of these items: the counts, and which have no picture, with the reason."""
    without = [each for each in found if each.end not in WITH_PICTURE]
    return {
        "items": len(found),
        "counts": counts(found),
        "without_picture": [
            {"key": each.item.upload.source.key, "job": each.item.id, "end": each.end, "reason": each.reason}
            for each in without
        ],
    }


def document(batch: Job, parts: Iterable[Part]) -> dict[str, Any]:
    """Return the summary of a batch from what was said of all its items."""
    counted: Counter[str] = Counter()
    without: list[dict[str, str]] = []
    for each in parts:
        counted.update(each["counts"])
        without += each["without_picture"]
    return {
        "batch": batch.id,
        "recipe": batch.recipe,
        "items": counted.total(),
        "counts": _in_order(counted),
        "without_picture": without,
    }


def summarized(batch: Job, store: ObjectStore, rows: Rows) -> Job:
    """Write the summary of a batch and return its job with the artifact.

    Raises:
        ObjectMissing: The list of the items was deleted.
        StoreUnavailable: The store can't answer now.
    """
    return _written(batch, store, [part(outcomes(items_of(batch, store), rows))])


def summarized_in_parts(
    batch: Job, store: ObjectStore, rows: Rows, made: Parts, seconds: float
) -> Job | Parts:
    """Read the rows of the items behind those of the parts that were ``made``, for about so many seconds.

    Return the parts that are made then, or, once all items are in one, write the summary and return the
    batch's job with the artifact. A part that is made again has a name of its own unless it is the same.

    Raises:
        ObjectMissing: The list of the items, or a part, was deleted.
        StoreUnavailable: The store can't answer now.
    """
    began, items = time.monotonic(), items_of(batch, store)
    first = reached = made[-1][1] if made else 0
    found: list[Outcome] = []
    while reached < len(items) and (not found or time.monotonic() - began < seconds):
        found += outcomes(items[reached : reached + READ], rows)
        reached = first + len(found)
    if reached < len(items):
        _put(store, _part_key(batch, first, reached), part(found))
        return [*made, (first, reached)]
    earlier = [json.loads(store.get(_part_key(batch, *each), MAX_LIST_BYTES)) for each in made]
    return _written(batch, store, [*earlier, part(found)])


def _written(batch: Job, store: ObjectStore, parts: Iterable[Part]) -> Job:
    key = f"{batch.output_prefix}{NAME}"
    size = _put(store, key, document(batch, parts))
    return replace(batch, artifacts=(Artifact(NAME, key, "application/json", 0, 0, size),))


def _put(store: ObjectStore, key: str, value: Mapping[str, Any]) -> int:
    text = json.dumps(value, indent=1).encode()
    store.put(key, text, "application/json")
    return len(text)


def _part_key(batch: Job, first: int, reached: int) -> str:
    return f"{batch.work_prefix}{first}-{reached}.json"  # deleted with renditions
