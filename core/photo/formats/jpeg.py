"""JPEG: progressive, with optimised Huffman tables; transparency becomes white."""

from __future__ import annotations

from io import BytesIO

from PIL.Image import Image

from core.photo.alpha import flatten

EXTENSION = "jpg"
CONTENT_TYPE = "image/jpeg"


def encode(image: Image, quality: int) -> bytes:
    """Return the picture as JPEG."""
    file = BytesIO()
    flatten(image).save(file, "JPEG", quality=quality, optimize=True, progressive=True, comment=b"")
    return file.getvalue()
