"""JPEG with optimised Huffman tables; transparency becomes the background."""

from __future__ import annotations

from io import BytesIO

from PIL.Image import Image

from core.photo.alpha import flatten
from core.photo.formats import Settings

EXTENSION = "jpg"
CONTENT_TYPE = "image/jpeg"
TRANSPARENCY = False


def encode(image: Image, settings: Settings) -> bytes:
    """Return the picture as JPEG."""
    file = BytesIO()
    flatten(image, settings.background).save(
        file,
        "JPEG",
        quality=settings.quality,
        optimize=True,
        progressive=settings.progressive,
        exif=settings.exif(),
        comment=b"",
    )
    return file.getvalue()
