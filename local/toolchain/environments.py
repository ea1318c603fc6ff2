"""Virtual environments beside the project's own, each made from a lock file.

They separate packages whose pins conflict: an emulator that pins another botocore, a release candidate of the
Durable SDK, and the wheels that bring Node.js and Go to a machine without them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from local.state import CHECKOUT
from local.toolchain import stamps
from local.toolchain.commands import run
from local.toolchain.progress import step

MINISTACK = "ministack"
AZURE_HOST = "azure-host"
NODE = "node"
GO = "go"

UV = Path(sys.executable).with_name("uv")


def folder(name: str) -> Path:
    """Return the folder of an environment, whether or not it exists."""
    return CHECKOUT / ".venvs" / name


def python(name: str) -> Path:
    """Return an environment's Python."""
    return folder(name) / "bin" / "python"


def packages(name: str) -> Path:
    """Return the folder with an environment's packages."""
    return folder(name) / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


def ready(name: str) -> bool:
    """Return whether an environment matches its lock."""
    return stamps.fresh(folder(name), _wanted(name)) and python(name).exists()


def install(name: str) -> None:
    """Create an environment from its lock, unless it matches already.

    Raises:
        ToolMissing: uv could not install it.
    """
    if ready(name):
        return
    with step(f"Creating the environment {name}, .venvs/{name}"):
        run([UV, "venv", "--quiet", "--clear", "--python", sys.executable, folder(name)])
        with stamps.renewing(folder(name), _wanted(name)):
            run([UV, "pip", "sync", "--quiet", "--python", python(name), "--require-hashes", _lock(name)])


def _lock(name: str) -> Path:
    return CHECKOUT / "locks" / f"{name}.txt"


def _wanted(name: str) -> str:
    return stamps.digest(_lock(name), str(folder(name)), sys.version)
