"""Azurite, which answers for Blob, Queue and Table storage of a pool of accounts."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from pathlib import Path

from local.emulators import health
from local.emulators.ports import LOOPBACK, free
from local.emulators.processes import Supervised, start
from local.emulators.surroundings import clean
from local.errors import ToolMissing
from local.toolchain import azurite, node

NAME = "azurite"

_ACCOUNTS = 12


@dataclass(frozen=True)
class Storage:
    """The endpoints of the three services, and the accounts with their one key."""

    blob: str
    queue: str
    table: str
    key: str
    accounts: tuple[str, ...]


def launch(folder: Path) -> tuple[Storage, Supervised]:
    """Start Azurite on free ports with fresh accounts, without waiting for it.

    Its log has a line for every request; the Azure host reads there which blobs were written.

    Raises:
        ToolMissing: It is not installed.
    """
    tools = node.find()
    if tools is None or not azurite.program().exists():
        raise ToolMissing("Azurite is not installed; run `make setup`.")
    ports = dict(zip(("blob", "queue", "table"), free(3), strict=True))
    storage = Storage(
        **{service: f"http://{LOOPBACK}:{port}" for service, port in ports.items()},
        key=base64.b64encode(secrets.token_bytes(64)).decode(),
        accounts=tuple(f"twinlens{secrets.token_hex(3)}" for _ in range(_ACCOUNTS)),
    )
    listening = [
        argument
        for service, port in ports.items()
        for argument in (f"--{service}Host", LOOPBACK, f"--{service}Port", str(port))
    ]
    process = start(
        NAME,
        [
            str(tools.node),
            str(azurite.program()),
            *listening,
            "--inMemoryPersistence",
            "--skipApiVersionCheck",  # the storage libraries are newer than the versions that Azurite knows
            "--disableTelemetry",
        ],
        folder=folder,
        cwd=folder,
        environment=clean(
            folder, AZURITE_ACCOUNTS=";".join(f"{account}:{storage.key}" for account in storage.accounts)
        ),
    )
    return storage, process


def wait(storage: Storage, process: Supervised, folder: Path) -> None:
    """Return when all three services answer.

    Raises:
        EmulatorFailed: One does not.
    """
    urls = [f"{service}/{storage.accounts[0]}" for service in (storage.blob, storage.queue, storage.table)]
    health.wait("Azurite", process, urls, folder=folder, refusals_count=True)
