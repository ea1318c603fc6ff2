"""Find the photos in a folder."""

from __future__ import annotations

from pathlib import Path

from core.deployment.limits import SUFFIXES


def photos_in(folder: Path) -> list[Path]:
    """Return the folder's files with the suffix of a photo, sorted by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and not path.is_dir())
