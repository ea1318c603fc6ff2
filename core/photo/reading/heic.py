"""Read HEIC, where the extra "heic" is installed."""

from __future__ import annotations

from io import BytesIO

from pillow_heif.as_plugin import HeifImageFile

from core.photo.reading import Source, iso


def open(data: bytes) -> Source:
    """Read the header."""
    image = HeifImageFile(BytesIO(data))  # type: ignore[no-untyped-call]
    source = Source(image)
    source.frames = getattr(image, "n_frames", 1)
    source.profile = source.profile or iso.profile(data)
    return source
