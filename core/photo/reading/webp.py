"""Read WebP, still and animated; libwebp composes the frames of an animation."""

from __future__ import annotations

from io import BytesIO

from PIL.WebPImagePlugin import WebPImageFile

from core.photo.reading import Source


def open(data: bytes) -> Source:
    """Read the header."""
    image = WebPImageFile(BytesIO(data))
    source = Source(image)
    source.frames, source.plays = image.n_frames, int(image.info.get("loop", 0))
    return source
