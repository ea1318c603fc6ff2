"""The environment variables of the emulators."""

from __future__ import annotations

import os
from pathlib import Path

from local.emulators.processes import PRIVATE
from local.loopback import direct

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


def clean(folder: Path, **variables: str) -> dict[str, str]:
    """Return this process's environment without variables that would confuse an emulator, plus ``variables``.

    Temporary files go to the set-up's folder, so that they are deleted with it.
    """
    temporary = folder / "tmp"
    temporary.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_KEPT_BACK)}
    return {**kept, **direct(), "TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1", **variables}
