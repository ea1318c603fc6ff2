"""PNG: lossless; ``quality`` is of no consequence."""

from __future__ import annotations

from io import BytesIO

from PIL.Image import Image

from core.photo.formats import Settings

EXTENSION = "png"
CONTENT_TYPE = "image/png"
TRANSPARENCY = True
# Of zlib's levels 1 to 9: 6 is its own default; 9 takes twice as long for less than 1 %.
LEVEL = 6
# What travels between steps is written once and read once.
FASTEST = 1


def encode(image: Image, settings: Settings, level: int = LEVEL) -> bytes:
    """Return the picture as PNG."""
    file = BytesIO()
    image.save(file, "PNG", compress_level=level, icc_profile=None, exif=settings.exif())
    return file.getvalue()
