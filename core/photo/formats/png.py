"""PNG: lossless; ``quality`` is of no consequence."""

from __future__ import annotations

from io import BytesIO

from PIL.Image import Image
from PIL.PngImagePlugin import PngImageFile, PngInfo

from core.photo.formats import Settings

EXTENSION = "png"
CONTENT_TYPE = "image/png"
TRANSPARENCY = True
# Of zlib's levels 1 to 9: 6 is its own default; 9 takes twice as long for less than 1 %.
LEVEL = 6
# What travels between steps is written once and read once.
FASTEST = 1
_NOTE = "Comment"


def encode(image: Image, settings: Settings, level: int = LEVEL, note: str = "") -> bytes:
    """Return the picture as PNG, with a ``note`` for whoever reads it again."""
    file, info = BytesIO(), PngInfo()
    if note:
        info.add_text(_NOTE, note)
    image.save(file, "PNG", compress_level=level, icc_profile=None, exif=settings.exif(), pnginfo=info)
    return file.getvalue()


def note(data: bytes) -> str:
    """Return the note in a PNG that :func:`encode` made; nothing is decoded."""
    return str(PngImageFile(BytesIO(data)).text[_NOTE])
