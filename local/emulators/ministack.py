"""MiniStack, the emulator of all AWS services.

Its data is in its folder, so that after being killed it continues with the data of a few seconds before.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from local.emulators import health
from local.emulators.ports import LOOPBACK, free
from local.emulators.processes import PRIVATE, Supervised, start
from local.emulators.surroundings import clean
from local.errors import ToolMissing
from local.state import CHECKOUT, AwsEmulator
from local.toolchain import environments

NAME = "ministack"
REGION = "us-east-1"


def launch(
    folder: Path, *, enforce_iam: bool = False, again: AwsEmulator | None = None
) -> tuple[AwsEmulator, Supervised]:
    """Start MiniStack on a free port with new keys, without waiting for it.

    Args:
        folder: The set-up's folder.
        enforce_iam: Whether it checks signatures, and calls against the policies of their role.
        again: An emulator that has ended, to be restarted at its address with its data.

    Raises:
        ToolMissing: It is not installed.
    """
    python = environments.python(environments.MINISTACK)
    if not python.exists():
        raise ToolMissing("MiniStack is not installed; run `make setup`.")
    emulator = again or AwsEmulator(
        endpoint=f"http://{LOOPBACK}:{free(1)[0]}",
        pid=0,
        region=REGION,
        access_key=f"AKIA{secrets.token_hex(8).upper()}",
        secret_key=secrets.token_urlsafe(30),
        enforce_iam=enforce_iam,
    )
    kept = folder / NAME
    kept.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    surroundings = clean(
        folder,
        BIND_HOST=LOOPBACK,
        GATEWAY_PORT=str(urlsplit(emulator.endpoint).port),
        MINISTACK_HOST=LOOPBACK,
        MINISTACK_REGION=REGION,
        AWS_ACCESS_KEY_ID=emulator.access_key,
        AWS_SECRET_ACCESS_KEY=emulator.secret_key,
        AUTH=str(emulator.enforce_iam).lower(),
        PERSIST_STATE="1",
        STATE_DIR=str(kept / "state"),
        S3_PERSIST="1",
        IOT_MTLS_ENABLED="0",  # it would listen on a port of its own
        S3_DATA_DIR=str(kept / "s3"),
        # Lambda code that calls `python3` must find this environment's.
        PATH=os.pathsep.join((str(python.parent), os.environ.get("PATH", os.defpath))),
    )
    # -P keeps the program's folder off the import path, where its modules would shadow others.
    command = [str(python), "-P", str(CHECKOUT / "local" / "ministack" / "__main__.py")]
    process = start(
        NAME, command, folder=folder, cwd=folder, environment=surroundings, again=again is not None
    )
    return replace(emulator, pid=process.pid), process


def wait(emulator: AwsEmulator, process: Supervised, folder: Path) -> None:
    """Wait until MiniStack answers.

    Raises:
        EmulatorFailed: MiniStack does not answer.
    """
    health.wait("MiniStack", process, [health_url(emulator)], folder=folder)


def health_url(emulator: AwsEmulator) -> str:
    """Return the URL of MiniStack's health check."""
    return f"{emulator.endpoint}/_ministack/health"
