"""Read JPEG at the scale that is needed; a file that lacks only its end marker is accepted."""

from __future__ import annotations

from zlib import crc32

from PIL.Image import Image
from PIL.JpegImagePlugin import JpegImageFile

from core.errors import DamagedPhoto, UnsupportedFormat
from core.photo import containers
from core.photo.reading import Source
from core.photo.reading.joined import joined

# Differential frames (ITU-T T.81, table B.1), which the decoder does not support.
_HIERARCHICAL = {0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF}
_COMPONENTS = {1, 3, 4}
# Replaces bytes that may be missing; if none are missing, the decoder never reads these.
_STAND_INS = (bytes(64), b"\x5a\xc3" * 32)
_END = b"\xff\xd9"
_ROWS = 256  # rows that are compared at a time


def open(data: bytes) -> JpegSource:
    """Read the header, and refuse unsupported files with the reason."""
    frame = containers.jpeg_frame(data)
    if frame:
        if frame.kind in _HIERARCHICAL:
            raise UnsupportedFormat("Hierarchical JPEG is not accepted; send baseline or progressive JPEG.")
        if frame.bits != 8:
            raise UnsupportedFormat(
                f"JPEG files of {frame.bits} bits a sample are not accepted; send 8 bits a sample."
            )
        if frame.components not in _COMPONENTS:
            raise UnsupportedFormat(
                f"JPEG files of {frame.components} components are not accepted; send gray, colour or CMYK."
            )
    return JpegSource(data)


class JpegSource(Source):
    """An open JPEG file."""

    image: JpegImageFile

    def __init__(self, data: bytes) -> None:
        super().__init__(_opened(data))
        self.profile = containers.jpeg_profile(data) or None
        self.progressive = not containers.in_one_scan(data)
        self._data = data
        self._drafted: tuple[int, int] | None = None

    def draft(self, width: int, height: int) -> tuple[int, int]:
        """Have the decoder skip detail that is not needed; libjpeg's scales are eighths."""
        self._drafted = width, height
        self.image.draft(None, self._drafted)
        return self.image.size

    def picture(self) -> Image:
        """Decode the picture.

        Raises:
            DamagedPhoto: More is missing than the end marker.
        """
        try:
            self.image.load()
        except OSError:
            if containers.jpeg_ends(self._data):
                raise
            self.image = self._completed()
        return self.image

    def _completed(self) -> JpegImageFile:
        """Decode despite the missing end, if two different replacements give the same pixels."""
        scans = containers.jpeg_scans(self._data)
        if scans.complete:
            sound = self._data.rstrip(b"\0") + bytes(2)  # zero bytes may end the last scan, but no other
            if len({_luma(sound + each + _END) for each in _STAND_INS}) == 1:
                return self._decoded(sound + _END)
        raise DamagedPhoto("The JPEG file is cut off: its end is missing.")

    def _decoded(self, data: bytes) -> JpegImageFile:
        image = _opened(data)
        if self._drafted:
            image.draft(None, self._drafted)
        image.load()
        return image


def _luma(data: bytes) -> int:
    """Return a checksum of the picture at full scale: a reduced one skips the data that may be missing."""
    image = _opened(data)
    image.draft("L", image.size)
    image.load()
    checksum = 0
    for top in range(0, image.height, _ROWS):
        band = image.crop((0, top, image.width, min(top + _ROWS, image.height)))
        checksum = crc32(band.tobytes(), checksum)
    return checksum


def _opened(data: bytes) -> JpegImageFile:
    return JpegImageFile(joined(containers.jpeg_without_excess(data)))
