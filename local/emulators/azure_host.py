"""The Azure host, which runs function apps and turns blob writes into events.

Its apps and subscriptions are saved in its folder; running orchestrations exist only in its memory.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from local.emulators import azurite, health
from local.emulators.azurite import Storage
from local.emulators.ports import LOOPBACK, free
from local.emulators.processes import Supervised, log, start
from local.emulators.surroundings import clean
from local.errors import ToolMissing
from local.state import CHECKOUT
from local.toolchain import environments

NAME = "azure-host"


def launch(folder: Path, storage: Storage, again: str | None = None) -> tuple[str, Supervised]:
    """Start the host without waiting for it, and return the URL of its control API.

    It listens on a free port, or at the URL ``again``.

    Raises:
        ToolMissing: Its environment is not installed.
    """
    python = environments.python(environments.AZURE_HOST)
    if not python.exists():
        raise ToolMissing("The environment of the Azure host is not installed; run `make setup`.")
    control = again or f"http://{LOOPBACK}:{free(1)[0]}"
    options = {
        "control-port": str(urlsplit(control).port),
        "state": str(folder / NAME),
        "blob": storage.blob,
        "queue": storage.queue,
        "table": storage.table,
        "key": storage.key,
        "accounts": ",".join(storage.accounts),
        "azurite-log": str(log(folder, azurite.NAME)),
    }
    command = [str(python), "-m", "local.azure"]
    for option, value in options.items():
        command += [f"--{option}", value]
    process = start(
        NAME, command, folder=folder, cwd=CHECKOUT, environment=clean(folder), again=again is not None
    )
    return control, process


def wait(control: str, process: Supervised, folder: Path) -> None:
    """Wait until the host answers.

    Raises:
        EmulatorFailed: The host does not answer.
    """
    health.wait("The Azure host", process, [health_url(control)], folder=folder)


def health_url(control: str) -> str:
    """Return the URL of the host's health check."""
    return f"{control}/health"
