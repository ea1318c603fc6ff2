"""Read AVIF, still and animated."""

from __future__ import annotations

from io import BytesIO

from PIL.AvifImagePlugin import AvifImageFile

from core.photo.reading import Source, iso


def open(data: bytes) -> Source:
    """Read the header."""
    image = AvifImageFile(BytesIO(data))
    source = Source(image)
    source.frames, source.plays = image.n_frames, int(image.info.get("loop", 0))
    source.profile = source.profile or iso.profile(data)
    return source
