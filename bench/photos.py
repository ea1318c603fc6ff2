"""Which files of a folder are photos to send."""

from __future__ import annotations

from pathlib import Path

from core.deployment.limits import SUFFIXES


def photos_in(folder: Path) -> list[Path]:
    """Return the folder's files with a photo's suffix, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and not path.is_dir())
