"""Record what was installed from which lock, so that a second run does nothing.

An installation is a folder with a stamp in it: the hash of everything that determines its content. The stamp
is removed before work begins and written when it is done, so that an interrupted run is detected. Uses only
the standard library.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NAME = ".twinlens-stamp"


def digest(*parts: str | Path) -> str:
    """Return the SHA-256 of texts and the contents of files, in hex."""
    total = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else part.encode()
        total.update(hashlib.sha256(data).digest())
    return total.hexdigest()


def fresh(folder: Path, wanted: str) -> bool:
    """Return whether a folder's installation is complete and has the wanted digest."""
    try:
        return (folder / _NAME).read_text() == wanted
    except OSError:
        return False


@contextmanager
def renewing(folder: Path, wanted: str) -> Iterator[None]:
    """Remove a folder's stamp during the block; write the wanted one if the block succeeds."""
    (folder / _NAME).unlink(missing_ok=True)
    yield
    (folder / _NAME).write_text(wanted)
