"""Remember what was installed from which lock, so that a second run does nothing.

An installation is a folder with a stamp in it: the hash of everything that decides about its content. The
stamp is taken away before work begins and put back when it is done, so an interrupted run is seen as one.
Standard library alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NAME = ".twinlens-stamp"


def digest(*parts: str | Path) -> str:
    """Return the SHA-256 over texts and the contents of files, in hex."""
    total = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else part.encode()
        total.update(hashlib.sha256(data).digest())
    return total.hexdigest()


def fresh(folder: Path, wanted: str) -> bool:
    """Tell whether a folder's installation was finished from the wanted digest."""
    try:
        return (folder / _NAME).read_text() == wanted
    except OSError:
        return False


@contextmanager
def renewing(folder: Path, wanted: str) -> Iterator[None]:
    """Take a folder's stamp away while it is worked on; leave the wanted one if that ends well."""
    (folder / _NAME).unlink(missing_ok=True)
    yield
    (folder / _NAME).write_text(wanted)
