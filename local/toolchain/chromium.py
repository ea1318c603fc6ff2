"""Chromium, in which the tests open reports: the machine's, or Debian's package."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from local.errors import ToolMissing
from local.toolchain.commands import run
from local.toolchain.progress import step

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> Path | None:
    """Return the browser on PATH, or ``None``."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    return Path(found) if found else None


def ensure() -> Path:
    """Return the browser, installing Debian's package if necessary and possible.

    Raises:
        ToolMissing: There is none, and apt-get is missing, fails or needs root.
    """
    found = find()
    if found is not None:
        return found
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise ToolMissing(
            "The tests need Chromium, and only root on Debian or Ubuntu can have it installed from here: "
            "install it with your system's package manager, for example `sudo apt-get install chromium`."
        )
    with step("Installing Chromium with apt-get"):
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update", "-q"], environment=quiet)
        run(["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"], environment=quiet)
    found = find()
    if found is None:
        raise ToolMissing("apt-get installed Chromium, but none of its names is on PATH.")
    return found
