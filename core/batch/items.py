"""The items of a batch, and the list of them in the store.

The list has one item a line, as the event of its upload in the form of EventBridge, which a distributed Map
of Step Functions hands to its executions as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.job import Job, Source, job_id
from core.ports import ObjectStore, Upload

# Items of one execution of an interpreted workflow. Replaying 50 costs hundredths of a second, and their
# documents fit into a message of a storage queue.
PAGE = 50
MAX_ITEMS = 10_000  # of one batch: what a summary reads from the ledger within the time of a function
MAX_CONCURRENCY = PAGE
AT_ONCE = 20  # items, unless whoever starts the batch says otherwise
TOLERATED = 5.0  # percent of items that may fail, by the same rule
MAX_LIST_BYTES = 1 << 26


@dataclass(frozen=True)
class Item:
    """An upload, and the recipe that it is processed by.

    ``stored_at`` of the upload is the time of the batch: so its job may follow an earlier one that made no
    picture, and a row tells which batch made it.
    """

    upload: Upload
    recipe: str

    @property
    def id(self) -> str:
        """The id of its job."""
        source = self.upload.source
        return job_id(source.container, source.key, source.etag, self.recipe)

    def event(self) -> dict[str, Any]:
        """Return the event of the item's upload, with its recipe."""
        return event(self.upload) | {"recipe": self.recipe}

    def job(self) -> Job:
        """Return the job that the item starts."""
        return Job(self.id, self.recipe, self.upload.source, "", self.upload.stored_at, "")


def event(upload: Upload) -> dict[str, Any]:
    """Return the part of EventBridge's "Object Created" event that starts a job."""
    source = upload.source
    return {
        "time": upload.stored_at,
        "detail": {
            "bucket": {"name": source.container},
            "object": {"key": source.key, "etag": source.etag, "size": source.size},
        },
    }


def to_list(items: Iterable[Item]) -> bytes:
    """Return the list of the items."""
    return "".join(f"{json.dumps(each.event())}\n" for each in items).encode()


def in_list(data: bytes) -> list[Item]:
    """Return the items of a list."""
    return [_item(json.loads(line)) for line in data.splitlines()]


def items_of(batch: Job, store: ObjectStore) -> list[Item]:
    """Return all items of a batch.

    Raises:
        ObjectMissing: The list was deleted.
        StoreUnavailable: The store can't answer now.
    """
    return in_list(store.get(batch.source.key, MAX_LIST_BYTES))


def page_of(batch: Job, store: ObjectStore) -> list[Item]:
    """Return the next page of a batch's items, behind those that were begun; see :func:`items_of`."""
    begun = batch.batch.begun if batch.batch else 0
    lines = store.get(batch.source.key, MAX_LIST_BYTES).splitlines()
    return in_list(b"\n".join(lines[begun : begun + PAGE]))


def _item(told: dict[str, Any]) -> Item:
    made = told["detail"]["object"]
    source = Source(told["detail"]["bucket"]["name"], made["key"], made["etag"], made["size"])
    return Item(Upload(source, told["time"]), told["recipe"])
