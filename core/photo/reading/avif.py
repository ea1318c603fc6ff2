"""Read AVIF, still and animated."""

from __future__ import annotations

from io import BytesIO

from PIL.AvifImagePlugin import AvifImageFile
from PIL.Image import Image

from core.photo.reading import Source, iso


def open(data: bytes) -> Source:
    """Read the header."""
    image = AvifImageFile(BytesIO(data))
    part = iso.aperture(data, image.size) if image.n_frames == 1 else None
    source = CroppedSource(image, part) if part else Source(image)
    source.frames, source.plays = image.n_frames, int(image.info.get("loop", 0))
    source.profile = source.profile or iso.profile(data)
    return source


class CroppedSource(Source):
    """An open AVIF file of which only a part is to be shown; the decoder ignores that."""

    def __init__(self, image: AvifImageFile, part: tuple[int, int, int, int]) -> None:
        super().__init__(image)
        self._part = part
        self.tile = image.size
        self.size = part[2] - part[0], part[3] - part[1]

    def picture(self) -> Image:
        """Decode the picture and return the part; the file is turned afterwards."""
        return super().picture().crop(self._part)
