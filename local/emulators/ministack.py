"""MiniStack, which answers for every AWS service."""

from __future__ import annotations

import os
from pathlib import Path

from local.emulators import health
from local.emulators.ports import LOOPBACK, free
from local.emulators.processes import Supervised, start
from local.emulators.surroundings import clean
from local.errors import ToolMissing
from local.state import CHECKOUT, AwsEmulator
from local.toolchain import environments

NAME = "ministack"
REGION = "us-east-1"


def launch(folder: Path, *, enforce_iam: bool) -> tuple[AwsEmulator, Supervised]:
    """Start MiniStack on a free port, without waiting for it.

    Args:
        folder: The set-up's folder.
        enforce_iam: Whether calls are checked against the policies of the role that makes them.

    Raises:
        ToolMissing: It is not installed.
    """
    python = environments.python(environments.MINISTACK)
    if not python.exists():
        raise ToolMissing("MiniStack is not installed; run `make setup`.")
    [port] = free(1)
    surroundings = clean(
        folder,
        BIND_HOST=LOOPBACK,
        GATEWAY_PORT=str(port),
        MINISTACK_HOST=LOOPBACK,
        MINISTACK_REGION=REGION,
        AUTH=str(enforce_iam).lower(),
        # Lambda code that names `python3` shall find this environment's.
        PATH=os.pathsep.join((str(python.parent), os.environ.get("PATH", os.defpath))),
    )
    # -P keeps the program's folder off its path, where its modules would hide others.
    command = [str(python), "-P", str(CHECKOUT / "local" / "ministack" / "__main__.py")]
    process = start(NAME, command, folder=folder, cwd=folder, environment=surroundings)
    return AwsEmulator(endpoint=f"http://{LOOPBACK}:{port}", pid=process.pid, region=REGION), process


def wait(emulator: AwsEmulator, process: Supervised, folder: Path) -> None:
    """Return when MiniStack answers.

    Raises:
        EmulatorFailed: It does not.
    """
    health.wait("MiniStack", process, [health_url(emulator)], folder=folder)


def health_url(emulator: AwsEmulator) -> str:
    """Return the address that answers when MiniStack is well."""
    return f"{emulator.endpoint}/_ministack/health"
