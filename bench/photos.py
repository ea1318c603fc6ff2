"""Find photos, and name their uploads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from core.deployment.limits import SUFFIXES
from core.errors import SetupError
from core.visible import visible


def photos_in(folder: Path) -> list[Path]:
    """Return the folder's files with the suffix of a photo, sorted by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and not path.is_dir())


def upload_names(paths: Sequence[Path]) -> dict[Path, str]:
    """Map each photo, those of folders included, to a name for its upload that no other has.

    A name is that of the file, numbered if several are equal, with U+FFFD for bytes that are not UTF-8.

    Raises:
        SetupError: No rule starts a job for a file of some names, or there are no photos; names them all.
    """
    files = [file for path in paths for file in (photos_in(path) if path.is_dir() else [path])]
    if refused := [visible(str(file)) for file in files if file.suffix.lower() not in SUFFIXES]:
        ends = ", ".join(SUFFIXES)
        raise SetupError(f"No job starts for {', '.join(refused)}: a name must end with {ends}, in any case.")
    if not files:
        raise SetupError(f"There are no photos in {', '.join(visible(str(path)) for path in paths)}.")
    names: dict[Path, str] = {}
    for file in dict.fromkeys(files):
        whole = Path(os.fsencode(file.name).decode(errors="replace"))
        name, number = whole.name, 1
        while name in names.values():
            number += 1
            name = f"{whole.stem}-{number}{whole.suffix}"
        names[file] = name
    return names
