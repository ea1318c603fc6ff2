"""Measure the reconciler's looks at a large ledger on both emulators: ``python benchmarks/ledger_looks.py``.

Writes as many rows of ended jobs as the time allows, and a few of open ones; then looks for stuck jobs, and
for uploads without a job. The uploads are generated as they are listed: to store them takes hours. On Azure
the second look is done in runs as long as those at the default ``timeoutSeconds``.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import batched
from pathlib import Path
from typing import Any, cast

import psutil
from large_ledgers import UPLOADED, dynamo, fill, source, table

from core.errors import ObjectMissing
from core.memory import MemoryNotifier
from core.ports import Intake, Upload
from core.recovery.jobs import Recovery
from core.recovery.schedule import InParts, by_schedule
from handlers.azure.ledger import TableLedger
from local.emulators import processes

PATIENCE = timedelta(minutes=20)
OPEN, LOST = 20, 4
ELSEWHERE = 10**8  # the numbers of the open jobs, whose uploads are not listed
RUN_SECONDS, LISTED = 20, 5000
MB = 2**20


class Uploads:
    """The list of so many uploads, the last of which have no job."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.delivered = 0

    def uploads(self) -> Iterator[Upload]:
        """Yield the uploads."""
        for page, _ in self.pages():
            yield from page

    def pages(self, after: str = "") -> Iterator[tuple[Sequence[Upload], str]]:
        """Yield the uploads in pages."""
        for numbers in batched(range(int(after or 0), self._count), LISTED, strict=False):
            yield [Upload(source(number), UPLOADED) for number in numbers], str(numbers[-1] + 1)

    def deliver(self, upload: Upload) -> None:
        """Count an event."""
        self.delivered += 1

    def running(self, execution: str) -> bool:
        """Return ``False``: no execution runs."""
        return False


class Kept:
    """A look that waits for the next run."""

    def __init__(self) -> None:
        self.data: bytes | None = None

    def load(self) -> bytes:
        """Return what was saved."""
        if self.data is None:
            raise ObjectMissing("Nothing was saved.")
        return self.data

    def save(self, data: bytes) -> None:
        """Save a look, or nothing."""
        self.data = data


def timed(what: str, look: Callable[[], Any]) -> None:
    """Print how long a look took, what it found, and the largest memory of this process so far."""
    began, cpu = time.monotonic(), time.process_time()
    found = look()
    took, computed = time.monotonic() - began, time.process_time() - cpu
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"  {what}: {found}, {took:.1f} s ({computed:.1f} s of CPU time here), {largest:.0f} MB\n"
    )


def in_runs(recovery: Recovery, ledger: TableLedger, uploads: Uploads) -> str:
    """Do a daily look in runs of limited time; return what they did."""
    kept, runs = Kept(), 0
    while not runs or kept.data:
        until = time.monotonic() + RUN_SECONDS
        parts = InParts(ledger.pages, uploads.pages, kept, over=lambda until=until: time.monotonic() > until)  # type: ignore[misc]
        by_schedule(recovery, "stuck" if runs else "unclaimed", PATIENCE, parts)
        runs += 1
    return f"{uploads.delivered} delivered in {runs} runs of {RUN_SECONDS} s"


def main() -> None:
    """Measure both emulators, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=300, help="for writing, on each emulator")
    parser.add_argument("--emulator", choices=("azurite", "ministack"), help="by default both")
    asked = parser.parse_args()
    emulators = {"azurite": table, "ministack": dynamo}
    for begin in (emulators[each] for each in emulators if asked.emulator in (None, each)):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            try:
                ledger, write, pid = begin(folder)
                began = time.monotonic()
                count = fill(write, asked.rows, asked.seconds)
                took = time.monotonic() - began
                started = psutil.Process(pid)
                family = (started, *started.children(recursive=True))
                emulator = sum(each.memory_info().rss for each in family) / MB
                sys.stdout.write(
                    f"{begin.__name__}: {count:,} rows in {took:.0f} s; emulator {emulator:.0f} MB\n"
                )
                write(range(ELSEWHERE, ELSEWHERE + OPEN), "claimed")
                later = datetime.now(UTC)
                timed("open jobs", lambda: f"{sum(1 for _ in ledger.open_before(later))} found")  # noqa: B023
                uploads = Uploads(count + LOST)
                recovery = Recovery(ledger, cast(Intake, uploads), MemoryNotifier(), "gallery")
                if isinstance(ledger, TableLedger):
                    timed("uploads", lambda: in_runs(recovery, ledger, uploads))  # noqa: B023
                else:
                    timed("uploads", lambda: f"{sum(1 for _ in recovery.unclaimed(PATIENCE, later))} found")  # noqa: B023
            finally:
                processes.stop(folder)


if __name__ == "__main__":
    main()
