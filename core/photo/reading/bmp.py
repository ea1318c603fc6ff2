"""BMP."""

from __future__ import annotations

from io import BytesIO

from PIL.BmpImagePlugin import BmpImageFile

from core.photo.reading import Source


def open(data: bytes) -> Source:
    """Read the header."""
    return Source(BmpImageFile(BytesIO(data)))
