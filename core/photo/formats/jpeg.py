"""JPEG with optimised Huffman tables; transparency becomes the background."""

from __future__ import annotations

from io import BytesIO

from PIL.Image import Image

from core.photo.alpha import flatten
from core.photo.formats import Settings

EXTENSION = "jpg"
CONTENT_TYPE = "image/jpeg"
TRANSPARENCY = False
LOSSLESS = False
BYTES_PER_PIXEL = 14


def encode(image: Image, settings: Settings) -> bytes:
    """Return the picture as JPEG."""
    flat = flatten(image, settings.background)
    made = _encode(flat, settings, settings.progressive)
    # A few thousand bytes are fewer in one scan.
    return min(made, _encode(flat, settings, False), key=len) if settings.small else made


def _encode(image: Image, settings: Settings, progressive: bool) -> bytes:
    try:
        return _saved(image, settings, optimize=True, progressive=progressive)
    except OSError:
        # Pillow guesses how many bytes an optimised file can have, and fails where noise takes more.
        return _saved(image, settings, optimize=False, progressive=False)


def _saved(image: Image, settings: Settings, *, optimize: bool, progressive: bool) -> bytes:
    file = BytesIO()
    image.save(
        file,
        "JPEG",
        quality=settings.quality,
        optimize=optimize,
        progressive=progressive,
        subsampling=settings.subsampling,
        exif=settings.exif(),
        comment=b"",
    )
    return file.getvalue()
