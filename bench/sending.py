"""Send photos to deployed stacks and follow their jobs to the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Condition
from typing import get_args

from bench.stack import DeployedStack
from core.ledger import LedgerRow
from core.trace import now
from core.workflow.model import FinalState

FINAL_STATES = frozenset(get_args(FinalState))
POLL_SECONDS = 0.5
SENDERS = 64  # concurrent transfers at most


@dataclass(frozen=True)
class Submission:
    """A photo sent as ``name``; ``began`` and ``sent`` bound its transfer on this machine's clock."""

    id: str
    deployment: DeployedStack
    photo: Path
    key: str
    began: str
    sent: str
    name: str = ""


def send(deployment: DeployedStack, photo: Path, name: str) -> Submission:
    """Upload the photo as ``name``."""
    began = now()
    identifier = deployment.upload(photo, name)
    return Submission(identifier, deployment, photo, deployment.key(name), began, now(), name)


type Send = Callable[[DeployedStack, Path, str], Submission]


def send_together(
    photos: Sequence[tuple[DeployedStack, Path, str]],
    rate: float | None = None,
    note: Callable[[Submission], object] = lambda _: None,
    by: Send = send,
) -> list[Submission]:
    """Upload the photos concurrently, each to its deployment under its name.

    With ``rate``, that many uploads begin per second, whether or not earlier ones have ended (an open loop);
    otherwise all begin at once. Calls ``note`` with each completed upload, one at a time. If an upload fails
    or the caller is interrupted, no further upload begins, and the uploads in progress are completed and
    noted. ``by`` sends one of them.
    """
    began, senders = time.monotonic(), _Senders(note, by)
    # An interruption may fall into the start of a thread, which the pool then does not wait for.
    with ThreadPoolExecutor(SENDERS) as pool, senders:
        sending = []
        for number, photo in enumerate(photos):
            if rate:
                time.sleep(max(0.0, began + number / rate - time.monotonic()))
            sending.append(pool.submit(senders.deliver, *photo))
        return [each.result() for each in sending]


class _Senders:
    """Know which uploads have begun; at the end of the block, let none begin and wait for those that have."""

    def __init__(self, note: Callable[[Submission], object], by: Send) -> None:
        self._note, self._send = note, by
        self._changed = Condition()
        self._under_way = 0
        self._stopped = False

    def deliver(self, deployment: DeployedStack, photo: Path, name: str) -> Submission:
        with self._changed:
            if self._stopped:
                raise CancelledError
            self._under_way += 1
        try:
            upload = self._send(deployment, photo, name)
            with self._changed:
                self._note(upload)
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()
        return upload

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._stopped = True
            self._changed.wait_for(lambda: not self._under_way)


def follow(
    uploads: Sequence[Submission], timeout: float, ended: Callable[[Submission], object]
) -> dict[Submission, LedgerRow]:
    """Poll the ledgers until every job is in a final state or ``timeout`` seconds have passed.

    Calls ``ended`` with each upload whose job ends, and returns the ledger rows of the ended jobs.

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
