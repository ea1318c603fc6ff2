"""Write files atomically."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile


def write_whole(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file atomically: a reader finds the old or the new content, never a part.

    Raises:
        OSError: The file cannot be written; nothing is left behind.
    """
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name[:64]}.", delete_on_close=False) as draft:
        draft.write(content)
        draft.close()
        Path(draft.name).chmod(mode)
        Path(draft.name).replace(path)
