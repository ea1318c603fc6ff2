"""Azurite, which emulates Blob, Queue and Table storage for a pool of accounts.

Its data is in its folder, so that after being killed it continues with the data of a few seconds before, or
of up to a minute if there is much.
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

_LOADED_BEFORE = [Path(__file__).with_name(f"azurite_{each}.cjs") for each in ("door", "scale")]
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
    """Start Azurite without waiting for it, on free ports with new accounts, or as described by ``again``.

    Its log has a line for every request; from it, the Azure host learns which blobs were written.

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
            *(part for each in _LOADED_BEFORE for part in ("--require", str(each))),
            str(azurite.program()),
            *listening,
            *("--location", str(folder / NAME)),
            "--skipApiVersionCheck",  # the storage libraries use newer versions than Azurite supports
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
    """Wait until all three services answer.

    Raises:
        EmulatorFailed: A service does not answer.
    """
    urls = [f"{service}/{storage.accounts[0]}" for service in (storage.blob, storage.queue, storage.table)]
    health.wait("Azurite", process, urls, folder=folder, refusals_count=True)
