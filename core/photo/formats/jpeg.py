"""JPEG with optimised Huffman tables; transparency becomes the background."""

from __future__ import annotations

from io import BytesIO

from PIL.Image import Image

from core.photo.alpha import flatten
from core.photo.formats import FULL_CHROMA, Settings

EXTENSION = "jpg"
CONTENT_TYPE = "image/jpeg"
TRANSPARENCY = False
LOSSLESS = False


def encode(image: Image, settings: Settings) -> bytes:
    """Return the picture as JPEG."""
    flat = flatten(image, settings.background)
    made = _encode(flat, settings, settings.progressive)
    # Below a few thousand bytes, a single scan is smaller.
    return min(made, _encode(flat, settings, False), key=len) if settings.small else made


def _encode(image: Image, settings: Settings, progressive: bool) -> bytes:
    try:
        return _saved(image, settings, optimize=True, progressive=progressive)
    except OSError:
        # Pillow guesses the size of an optimised file, and fails if noise needs more bytes.
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


def bytes_per_pixel(quality: int, opaque: bool) -> int:
    """Return the peak memory of encoding: all coefficients are held until the tables are known."""
    return (17 if quality >= FULL_CHROMA else 6) + (0 if opaque else 4)
