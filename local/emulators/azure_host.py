"""The Azure host, which runs function apps and turns blob writes into events.

Its apps and subscriptions are saved in its folder; running orchestrations exist only in its memory.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from local.azure.control import CONTROL_TOKEN, STORAGE_KEY
from local.emulators import azurite, health
from local.emulators.azurite import Storage
from local.emulators.ports import LOOPBACK, free
from local.emulators.processes import Supervised, log, start
from local.emulators.surroundings import clean
from local.errors import ToolMissing
from local.state import CHECKOUT
from local.toolchain import environments

NAME = "azure-host"


@dataclass(frozen=True)
class Control:
    """The control API: where it listens, and the bearer token it demands."""

    url: str
    token: str


def launch(folder: Path, storage: Storage, again: Control | None = None) -> tuple[Control, Supervised]:
    """Start the host without waiting for it, on a free port with a new token, or as described by ``again``.

    Raises:
        ToolMissing: Its environment is not installed.
    """
    python = environments.python(environments.AZURE_HOST)
    if not python.exists():
        raise ToolMissing("The environment of the Azure host is not installed; run `make setup`.")
    control = again or Control(f"http://{LOOPBACK}:{free(1)[0]}", secrets.token_urlsafe(32))
    options = {
        "control-port": str(urlsplit(control.url).port),
        "state": str(folder / NAME),
        "blob": storage.blob,
        "queue": storage.queue,
        "table": storage.table,
        "accounts": ",".join(storage.accounts),
        "azurite-log": str(log(folder, azurite.NAME)),
    }
    command = [str(python), "-m", "local.azure"]
    for option, value in options.items():
        command += [f"--{option}", value]
    # Other users of the machine can read a command line, but not an environment.
    secret = clean(folder, **{STORAGE_KEY: storage.key, CONTROL_TOKEN: control.token})
    process = start(NAME, command, folder=folder, cwd=CHECKOUT, environment=secret, again=again is not None)
    return control, process


def wait(control: Control, process: Supervised, folder: Path) -> None:
    """Wait until the host answers.

    Raises:
        EmulatorFailed: The host does not answer.
    """
    health.wait("The Azure host", process, [health_url(control.url)], folder=folder)


def health_url(control: str) -> str:
    """Return the URL of the host's health check."""
    return f"{control}/health"
