"""PNG: lossless; ``quality`` is of no consequence."""

from __future__ import annotations

from io import BytesIO

from PIL.Image import Image

EXTENSION = "png"
CONTENT_TYPE = "image/png"
# zlib's fastest: what travels between steps is written once and read once.
LEVEL = 1


def encode(image: Image, quality: int = 100) -> bytes:
    """Return the picture as PNG."""
    file = BytesIO()
    image.save(file, "PNG", compress_level=LEVEL, icc_profile=None)
    return file.getvalue()
