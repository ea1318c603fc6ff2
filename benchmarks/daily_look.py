"""Measure the daily look for uploads without a job over a million rows: ``python -m benchmarks.daily_look``.

The ledger and the list of uploads are generated as they are read, since an emulator takes hours to hold a
million rows. Rows pass through the same JSON as on DynamoDB; time on the network is not part of the figures.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from core.job import Job, Source
from core.ledger import Ledger, LedgerRow
from core.ports import Intake, Notifier, Upload
from core.recovery.jobs import Recovery

MOMENT = datetime(2026, 1, 31, tzinfo=UTC)
UPLOADED = (MOMENT - timedelta(days=3)).isoformat()
OLDER_THAN = timedelta(minutes=20)
LOST_EVERY = 250_000  # one upload in so many has no job


def source(number: int) -> Source:
    """Return the upload of this number."""
    return Source("photos", f"incoming/2026/{number:09d}.jpg", f"{number:032x}", 4_000_000)


class GeneratedLedger:
    """A ledger of so many rows."""

    def __init__(self, rows: int) -> None:
        self._rows = rows

    def list(self) -> Iterator[LedgerRow]:
        """Yield a row for each upload but the lost ones."""
        job = Job(f"{0:032x}", "gallery", source(0), "run", UPLOADED, UPLOADED, state="succeeded")
        template = json.dumps(job.to_document())
        for number in range(self._rows):
            if number % LOST_EVERY:
                text = template.replace("000000000.jpg", f"{number:09d}.jpg", 1)
                document: dict[str, Any] = json.loads(text)
                document["source"]["etag"] = f"{number:032x}"
                yield LedgerRow(f"{number:032x}", "succeeded", UPLOADED, UPLOADED, document)


class GeneratedIntake:
    """The list of so many uploads."""

    def __init__(self, uploads: int) -> None:
        self._uploads = uploads

    def uploads(self) -> Iterator[Upload]:
        """Yield the uploads."""
        for number in range(self._uploads):
            yield Upload(source(number), UPLOADED)


def main() -> None:
    """Print how long the look took, and by how much the process grew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    recovery = Recovery(
        cast(Ledger, GeneratedLedger(rows)),
        cast(Intake, GeneratedIntake(rows)),
        cast(Notifier, None),
        "gallery",
        dry_run=True,
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    found = sum(1 for _ in recovery.unclaimed(OLDER_THAN, MOMENT))
    took = time.process_time() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    lost = len(range(0, rows, LOST_EVERY))
    found_text = f"{found} of {lost} lost uploads found"
    sys.stdout.write(f"{rows:,} rows: {found_text}, {took:.0f} s of CPU time, {grown:.0f} MB more\n")


if __name__ == "__main__":
    main()
