"""The look for uploads without a job, which can stop and go on in another run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import batched
from typing import Any, Literal

from core.deployment.limits import LEDGER_RETENTION
from core.errors import Superseded, UnreadableRow
from core.job import Source
from core.ledger import WITHOUT_PICTURE, LedgerRow
from core.ports import Upload
from core.recovery.seen import MEGABYTES, Seen

# A look keeps no more uploads than these in memory.
SUSPECTS = 10_000
PAGE = 1000

type Part = Literal["ask", "rows", "uploads", "again", "done"]
# Reads pages of items from a position on, "" for the beginning. Each page comes with the position after it,
# or with "" if reading can't begin there or nothing is left.
type Read[Item] = Callable[[str], Iterator[tuple[Sequence[Item], str]]]
type Over = Callable[[], bool]


@dataclass
class Look:
    """A look for uploads that have had no job for longer than ``older_than`` at ``moment``.

    It asks first whether there are uploads of that age and within the ledger's retention; older ones are
    ignored, since their rows may have expired. Then it notes what every row stands for, lists the uploads,
    and keeps those in ``found`` that were not noted. It reads the ledger again, because their events may have
    come since, or they are known by another etag. What is left when it is ``done`` has no job.
    """

    older_than: timedelta
    moment: datetime
    part: Part = "ask"
    after: str = ""
    found: dict[str, Upload] = field(default_factory=dict)
    seen: Seen = field(default_factory=lambda: Seen(0))

    @property
    def done(self) -> bool:
        """Whether everything is read."""
        return self.part == "done"

    def go_on(self, rows: Read[LedgerRow], uploads: Read[Upload], over: Over) -> None:
        """Read on until everything is read or the time is over; at least one page is read."""
        while not self.done:
            if self.part in ("ask", "uploads"):
                read = self._read(uploads, self._ask if self.part == "ask" else self._suspect, over)
            else:
                read = self._read(rows, self._note if self.part == "rows" else self._clear, over)
            if not read:
                return
            self._turn()

    def _read[Item](self, read: Read[Item], take: Callable[[Iterable[Item]], bool], over: Over) -> bool:
        """Take pages until one is enough; return ``False`` if the time is over before."""
        for page, after in read(self.after):
            if take(page):
                break
            self.after = after
            if after and over():
                return False
        return True

    def _turn(self) -> None:
        """Begin the next part, or end if there is nothing to look for."""
        self.after = ""
        match self.part:
            case "ask" if self.found:
                self.part, self.found, self.seen = "rows", {}, Seen(MEGABYTES)
            case "rows":
                self.part = "uploads"
            case "uploads" if self.found:
                self.part, self.seen = "again", Seen(0)
            case _:
                self.part, self.seen = "done", Seen(0)

    def _ask(self, page: Iterable[Upload]) -> bool:
        for upload in self._of_age(page):
            self.found[upload.source.key] = upload
            return True
        return False

    def _note(self, page: Iterable[LedgerRow]) -> bool:
        for row in page:
            if row.state not in WITHOUT_PICTURE:
                self.seen.add(row.key, row.etag)
        return False

    def _suspect(self, page: Iterable[Upload]) -> bool:
        for upload in self._of_age(page):
            if (upload.source.key, upload.source.etag) not in self.seen:
                self.found[upload.source.key] = upload
                if len(self.found) >= SUSPECTS:
                    return True
        return False

    def _clear(self, page: Iterable[LedgerRow]) -> bool:
        for row in page:
            upload = self.found.get(row.key)
            if upload and _stands_for(row, upload):
                del self.found[upload.source.key]
        return not self.found

    def _of_age(self, page: Iterable[Upload]) -> Iterator[Upload]:
        for upload in page:
            if self.older_than < self.moment - _time(upload.stored_at) < LEDGER_RETENTION:
                yield upload

    def to_bytes(self) -> bytes:
        """Return what :func:`restored` makes the same look of."""
        told = {
            "older_than": self.older_than.total_seconds(),
            "moment": self.moment.isoformat(),
            "part": self.part,
            "after": self.after,
            "found": [asdict(each) for each in self.found.values()],
        }
        return json.dumps(told).encode() + b"\n" + self.seen.to_bytes()


def restored(data: bytes) -> Look | None:
    """Return the look of :meth:`Look.to_bytes`, or ``None`` if another version of the code wrote it."""
    head, _, seen = data.partition(b"\n")
    try:
        told: dict[str, Any] = json.loads(head)
        uploads = [Upload(**{**each, "source": Source(**each["source"])}) for each in told["found"]]
        return Look(
            timedelta(seconds=told["older_than"]),
            _time(told["moment"]),
            told["part"],
            told["after"],
            {each.source.key: each for each in uploads},
            Seen.from_bytes(seen),
        )
    except (ValueError, KeyError, TypeError):
        return None


def whole[Item](items: Callable[[], Iterator[Item]]) -> Read[Item]:
    """Return a reader of items that can only be read from the beginning to the end."""
    return lambda _: ((page, "") for page in batched(items(), PAGE, strict=False))


def _stands_for(row: LedgerRow, upload: Upload) -> bool:
    """Return whether the row's job is that of the upload; one that cannot be read stands for none.

    On Azure an upload gets another etag when its metadata is set: it is the same if it was created no later
    than the job's upload. On S3 a later upload of the same bytes has the same etag.
    """
    try:
        job = row.job()
    except UnreadableRow:
        return False
    told = _time(job.uploaded_at)
    if job.source.etag == upload.source.etag:
        return row.state not in WITHOUT_PICTURE or _time(upload.stored_at) <= _time(row.stands_until)
    if upload.created_at is None or (job.error and job.error.name == Superseded.__name__):
        return False
    return job.source.size == upload.source.size and _time(upload.created_at) <= told


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
