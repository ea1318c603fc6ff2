"""Files that are there whole or not at all."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile


def write_whole(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file so that a reader finds the old one or the new one, never half of it.

    Raises:
        OSError: The file cannot be written; nothing is left behind.
    """
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name[:64]}.", delete_on_close=False) as draft:
        draft.write(content)
        draft.close()
        Path(draft.name).chmod(mode)
        Path(draft.name).replace(path)
