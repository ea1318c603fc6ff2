"""JPEG, decoded at the scale that is needed; one that lacks only its end is read."""

from __future__ import annotations

from io import BytesIO

from PIL.Image import Image
from PIL.JpegImagePlugin import JpegImageFile

from core.errors import DamagedPhoto, UnsupportedFormat
from core.photo import containers
from core.photo.reading import Source

# The kinds of frame (ITU-T T.81, table B.1) that no decoder here reads.
_LOSSLESS = {0xC3, 0xC7, 0xCB, 0xCF}
_HIERARCHICAL = {0xC5, 0xC6, 0xCD, 0xCE}
_COMPONENTS = {1, 3, 4}
# What stands in for bytes that may be missing: if all are there, none of these is looked at.
_STAND_INS = (bytes(64), b"\x5a\xc3" * 32)
_END = b"\xff\xd9"


def open(data: bytes) -> JpegSource:
    """Read the header, and name what makes the file none that is read here."""
    frame = containers.jpeg_frame(data)
    if frame:
        if frame.kind in _LOSSLESS:
            raise UnsupportedFormat("Lossless JPEG is not accepted; send baseline or progressive JPEG.")
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
        super().__init__(JpegImageFile(BytesIO(data)))
        self.frames = 1
        self._data = data
        self._drafted: tuple[int, int] | None = None

    def draft(self, width: int, height: int) -> tuple[int, int]:
        """Have the decoder leave out what is not needed; libjpeg's scales are eighths."""
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
        """Decode with two things in place of what is missing; they make a difference if it is needed."""
        scans = containers.jpeg_scans(self._data)
        if scans.complete:
            sound = self._data.rstrip(b"\0") + bytes(2)  # which may end the last scan, and only there
            first, second = (self._decoded(sound + each + _END) for each in _STAND_INS)
            if first.tobytes() == second.tobytes():
                return first
        raise DamagedPhoto("The JPEG file is cut off: its end is missing.")

    def _decoded(self, data: bytes) -> JpegImageFile:
        image = JpegImageFile(BytesIO(data))
        if self._drafted:
            image.draft(None, self._drafted)
        image.load()
        return image
