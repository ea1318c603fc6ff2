"""What is known of an upload before it comes: the front door's key of an upload names its size and type.

Where the store cannot hold an uploader to that, whoever reads the upload checks it. Of other uploads nothing
is declared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.errors import NotAsDeclared

# IANA's media types of the suffixes that start a job, as browsers name them.
TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".bmp": "image/bmp",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".avif": "image/avif",
}
FOLDER = "door/"  # below the input prefix
KEY = re.compile(r"(?:.*/)?door/[0-9a-f]{64}/(?P<size>[0-9]{1,15})(?P<suffix>[.][a-z]+)")


@dataclass(frozen=True)
class Declared:
    """The size in bytes and the media type of an upload."""

    size: int
    content_type: str


def key_of(prefix: str, upload: str, size: int, suffix: str) -> str:
    """Return the key of an upload by its id: 64 hex digits."""
    return f"{prefix}{FOLDER}{upload}/{size}{suffix}"


def declared(key: str) -> Declared | None:
    """Return what was declared of the upload, or ``None`` if it did not come by the front door."""
    found = KEY.fullmatch(key)
    if found is None or found["suffix"] not in TYPES:
        return None
    return Declared(int(found["size"]), TYPES[found["suffix"]])


def check(key: str, size: int, content_type: str) -> None:
    """Check that an upload is as declared.

    Raises:
        NotAsDeclared: It has another size or another type.
    """
    wanted = declared(key)
    if wanted is None:
        return
    if size != wanted.size:
        raise NotAsDeclared(f"The file has {size:,} bytes; {wanted.size:,} were declared.")
    if content_type != wanted.content_type:
        raise NotAsDeclared(f"The file came as {content_type!r}; {wanted.content_type} was declared.")
