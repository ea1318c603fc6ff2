"""Read the bytes of assets and archives."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from local.providers import wire
from local.providers.resource import ProviderError

# A fixed date makes archives of equal files equal; it is the earliest that ZIP supports.
EPOCH = (1980, 1, 1, 0, 0, 0)


def read(value: Any) -> bytes:
    """Return the bytes of an asset, or an archive as a ZIP file.

    Raises:
        ProviderError: The asset is not on this machine.
    """
    if wire.signature(value) == wire.ARCHIVE and "path" in value and Path(value["path"]).is_file():
        return Path(value["path"]).read_bytes()
    if wire.signature(value) == wire.ARCHIVE:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in sorted(_members(value).items()):
                archive.writestr(zipfile.ZipInfo(name, EPOCH), content)
        return packed.getvalue()
    if "text" in value:
        return str(value["text"]).encode()
    if "path" in value:
        return Path(value["path"]).read_bytes()
    raise ProviderError(f"The local stand-in reads only files and texts, not {value.get('uri')}.")


def _members(archive: Any) -> dict[str, bytes]:
    """Return the files of an archive by their path in it."""
    if "path" in archive:
        root = Path(archive["path"])
        files = (path for path in root.rglob("*") if path.is_file())
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
    members: dict[str, bytes] = {}
    for name, value in archive.get("assets", {}).items():
        if wire.signature(value) == wire.ARCHIVE:
            members |= {f"{name}/{inner}": content for inner, content in _members(value).items()}
        else:
            members[name] = read(value)
    return members
