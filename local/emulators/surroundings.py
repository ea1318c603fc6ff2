"""The environment variables of the emulators."""

from __future__ import annotations

import os
from pathlib import Path

# Variables for the real clouds, for another set-up or for this Python must not reach the emulators.
_KEPT_BACK = (
    "AWS_",
    "AZURE_",
    "AZURITE_",
    "AzureWebJobs",
    "COV_",
    "MINISTACK_",
    "PULUMI_",
    "PYTHON",
    "TWINLENS_",
)


LOOPBACK = ("127.0.0.1", "localhost")


def direct() -> dict[str, str]:
    """Return the variables that keep requests to this machine away from a proxy, in addition to others."""
    said = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    hosts = ",".join(dict.fromkeys((*filter(None, said.split(",")), *LOOPBACK)))
    return {"no_proxy": hosts, "NO_PROXY": hosts}


def clean(folder: Path, **variables: str) -> dict[str, str]:
    """Return this process's environment without variables that would confuse an emulator, plus ``variables``.

    Temporary files go to the set-up's folder, so that they are deleted with it.
    """
    temporary = folder / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_KEPT_BACK)}
    return {**kept, **direct(), "TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1", **variables}
