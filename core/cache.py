"""The user's cache, shared by all checkouts."""

from __future__ import annotations

import os
from pathlib import Path


def root() -> Path:
    """Return ``twinlens`` in the user's cache folder (``XDG_CACHE_HOME``, by default ``~/.cache``)."""
    named = os.environ.get("XDG_CACHE_HOME")
    return (Path(named) if named else Path.home() / ".cache") / "twinlens"
