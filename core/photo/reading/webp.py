"""Read WebP, still and animated; libwebp composes the frames of an animation."""

from __future__ import annotations

from io import BytesIO

from PIL.WebPImagePlugin import WebPImageFile

from core.errors import DamagedPhoto
from core.photo.reading import Source


def open(data: bytes) -> Source:
    """Read the header.

    Raises:
        DamagedPhoto: The file is shorter than its header says.
    """
    if int.from_bytes(data[4:8], "little") + 8 > len(data):
        raise DamagedPhoto("The WEBP file is cut off: its end is missing.")
    image = WebPImageFile(BytesIO(data))
    source = Source(image)
    source.frames, source.plays = image.n_frames, int(image.info.get("loop", 0))
    return source
