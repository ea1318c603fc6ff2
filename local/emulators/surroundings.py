"""The environment variables that emulators get."""

from __future__ import annotations

import os
from pathlib import Path

# What is set for the real clouds, for another set-up or for the Python that starts them must not reach them.
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
    """Return this process's environment without what would confuse an emulator, and with the variables given.

    Temporary files go into the set-up's folder, so that they vanish with it.
    """
    temporary = folder / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_KEPT_BACK)}
    return {**kept, "TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1", **variables}
