"""TIFF; the first page is the photo."""

from __future__ import annotations

import struct
from io import BytesIO

from PIL.TiffImagePlugin import TiffImageFile

from core.photo import colour, limits
from core.photo.reading import Source

_TILE_WIDTH, _TILE_LENGTH = 0x0142, 0x0143


def open(data: bytes) -> Source:
    """Read the header."""
    image = TiffImageFile(BytesIO(data))
    colour.check_mode(image)
    source, tags = Source(image), image.tag_v2
    source.tile = tags.get(_TILE_WIDTH, 1), tags.get(_TILE_LENGTH, 1)
    source.frames = _pages(data)
    return source


def _pages(data: bytes) -> int:
    """Follow the chain of directories (TIFF 6.0, section 2) to its end, or to where it bites its tail."""
    order = "<" if data.startswith(b"II") else ">"
    seen: set[int] = set()
    (at,) = struct.unpack_from(f"{order}L", data, 4)
    while at and at not in seen and at + 2 <= len(data) and len(seen) <= limits.MAX_FRAMES:
        seen.add(at)
        (entries,) = struct.unpack_from(f"{order}H", data, at)
        link = at + 2 + 12 * entries
        (at,) = struct.unpack_from(f"{order}L", data, link) if link + 4 <= len(data) else (0,)
    return len(seen)
