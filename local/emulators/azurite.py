"""Azurite, which answers for Blob, Queue and Table storage of a pool of accounts.

What it holds is in its folder, so one that was killed goes on with what it had a few seconds before.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from local.emulators import health
from local.emulators.ports import LOOPBACK, free
from local.emulators.processes import Supervised, start
from local.emulators.surroundings import clean
from local.errors import ToolMissing
from local.toolchain import azurite, node

NAME = "azurite"

_ACCOUNTS = 12
_SERVICES = ("blob", "queue", "table")


@dataclass(frozen=True)
class Storage:
    """The endpoints of the three services, and the accounts with their one key."""

    blob: str
    queue: str
    table: str
    key: str
    accounts: tuple[str, ...]


def launch(folder: Path, again: Storage | None = None) -> tuple[Storage, Supervised]:
    """Start Azurite on free ports with fresh accounts, or again where it was, without waiting for it.

    Its log has a line for every request; the Azure host reads there which blobs were written.

    Raises:
        ToolMissing: It is not installed.
    """
    tools = node.find()
    if tools is None or not azurite.program().exists():
        raise ToolMissing("Azurite is not installed; run `make setup`.")
    storage = again or _fresh()
    listening = [
        argument
        for service in _SERVICES
        for argument in (
            *(f"--{service}Host", LOOPBACK),
            *(f"--{service}Port", str(urlsplit(getattr(storage, service)).port)),
        )
    ]
    process = start(
        NAME,
        [
            str(tools.node),
            str(azurite.program()),
            *listening,
            *("--location", str(folder / NAME)),
            "--skipApiVersionCheck",  # the storage libraries are newer than the versions that Azurite knows
            "--disableTelemetry",
        ],
        folder=folder,
        cwd=folder,
        environment=clean(
            folder, AZURITE_ACCOUNTS=";".join(f"{account}:{storage.key}" for account in storage.accounts)
        ),
        again=again is not None,
    )
    return storage, process


def _fresh() -> Storage:
    blob, queue, table = (f"http://{LOOPBACK}:{port}" for port in free(len(_SERVICES)))
    return Storage(
        blob,
        queue,
        table,
        key=base64.b64encode(secrets.token_bytes(64)).decode(),
        accounts=tuple(f"twinlens{secrets.token_hex(3)}" for _ in range(_ACCOUNTS)),
    )


def wait(storage: Storage, process: Supervised, folder: Path) -> None:
    """Return when all three services answer.

    Raises:
        EmulatorFailed: One does not.
    """
    urls = [f"{service}/{storage.accounts[0]}" for service in (storage.blob, storage.queue, storage.table)]
    health.wait("Azurite", process, urls, folder=folder, refusals_count=True)
