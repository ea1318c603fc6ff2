"""Uploads and what becomes of them: sending photos, following their jobs, writing down the result."""

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
SENDERS = 64  # transfers at once, at most


@dataclass(frozen=True)
class Upload:
    """One photo on its way; ``began`` and ``sent`` bound the transfer on this machine's clock."""

    id: str
    deployment: DeployedStack
    photo: Path
    key: str
    began: str
    sent: str


def send(deployment: DeployedStack, photo: Path, name: str) -> Upload:
    """Upload the photo as ``name`` and note when."""
    began = now()
    identifier = deployment.upload(photo, name)
    return Upload(identifier, deployment, photo, deployment.key(name), began, now())


def send_together(
    photos: Sequence[tuple[DeployedStack, Path, str]],
    rate: float | None = None,
    note: Callable[[Upload], object] = lambda _: None,
) -> list[Upload]:
    """Upload the photos, each into its deployment under its name, side by side.

    With ``rate`` that many uploads begin a second, whether or not earlier ones have ended (an open loop);
    without, all begin at once. Calls ``note`` with each upload that has arrived, one at a time.
    """
    began, one_at_a_time = time.monotonic(), Lock()

    def deliver(deployment: DeployedStack, photo: Path, name: str) -> Upload:
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
    uploads: Sequence[Upload], timeout: float, ended: Callable[[Upload], object]
) -> dict[Upload, LedgerRow]:
    """Poll the ledgers until every job is in a final state or ``timeout`` seconds are over.

    Calls ``ended`` with each upload whose job ends, and returns the ledger rows of those that did.

    Raises:
        NotRunning: An emulator has ended meanwhile.
    """
    waiting = list(uploads)
    rows: dict[Upload, LedgerRow] = {}
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
