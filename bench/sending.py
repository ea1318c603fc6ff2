"""Send photos to deployed stacks and follow their jobs to the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from bench.stack import DeployedStack
from core.ports import LedgerRow
from core.trace import now

FINAL_STATES = frozenset({"succeeded", "rejected", "failed"})
POLL_SECONDS = 0.5
SENDERS = 64  # concurrent transfers at most


@dataclass(frozen=True)
class Submission:
    """A photo that was sent; ``began`` and ``sent`` bound its transfer by this machine's clock."""

    id: str
    deployment: DeployedStack
    photo: Path
    key: str
    began: str
    sent: str


def send(deployment: DeployedStack, photo: Path, name: str) -> Submission:
    """Upload the photo as ``name`` and note when."""
    began = now()
    identifier = deployment.upload(photo, name)
    return Submission(identifier, deployment, photo, deployment.key(name), began, now())


def send_together(
    photos: Sequence[tuple[DeployedStack, Path, str]],
    rate: float | None = None,
    note: Callable[[Submission], object] = lambda _: None,
) -> list[Submission]:
    """Upload the photos concurrently, each into its deployment under its name.

    With ``rate`` that many uploads begin a second, whether or not earlier ones have ended (an open loop);
    without, all begin at once. Calls ``note`` with each upload that has arrived, one at a time.
    """
    began, one_at_a_time = time.monotonic(), Lock()

    def deliver(deployment: DeployedStack, photo: Path, name: str) -> Submission:
        upload = send(deployment, photo, name)
        with one_at_a_time:
            note(upload)
        return upload

    with ThreadPoolExecutor(SENDERS) as senders:
        sending = []
        for number, photo in enumerate(photos):
            if rate:
                time.sleep(max(0.0, began + number / rate - time.monotonic()))
            sending.append(senders.submit(deliver, *photo))
        return [each.result() for each in sending]


def follow(
    uploads: Sequence[Submission], timeout: float, ended: Callable[[Submission], object]
) -> dict[Submission, LedgerRow]:
    """Poll the ledgers until every job is in a final state or ``timeout`` seconds have passed.

    Calls ``ended`` with each upload whose job ends, and returns the ledger rows of those that did.

    Raises:
        NotRunning: An emulator has ended.
    """
    waiting = list(uploads)
    rows: dict[Submission, LedgerRow] = {}
    deadline = time.monotonic() + timeout
    while waiting:
        for upload in tuple(waiting):
            row = upload.deployment.row(upload.id)
            if row and row.state in FINAL_STATES:
                rows[upload] = row
                waiting.remove(upload)
                ended(upload)
        for deployment in {upload.deployment for upload in waiting}:
            deployment.check()
        if time.monotonic() > deadline:
            break
        if waiting:
            time.sleep(POLL_SECONDS)
    return rows
