"""WebP, still and animated; libwebp puts the pictures of an animation together."""

from __future__ import annotations

from io import BytesIO

from PIL.WebPImagePlugin import WebPImageFile

from core.photo.reading import Source


def open(data: bytes) -> Source:
    """Read the header."""
    source = Source(WebPImageFile(BytesIO(data)))
    source.frames = source.image.n_frames
    source.plays = int(source.image.info.get("loop", 0))
    return source
