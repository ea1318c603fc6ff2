"""How each format is read, one file a format.

A format file holds ``open(data)``, which reads the header and returns a :class:`Source`, or raises: a
:class:`core.errors.PhotoError` that names what is not accepted, or anything at all, which counts as damage.
No pixel is decoded before the source is asked for a picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Protocol, cast

from PIL.Image import Image
from PIL.ImageFile import ImageFile

from core.errors import DamagedPhoto
from core.photo import copyright, orientation

# Pillow takes an orientation from these too where EXIF has none; browsers do not.
_OTHER_ORIENTATIONS = ("xmp", "XML:com.adobe.xmp", "Raw profile type exif")

REDUCIBLE = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
_OPAQUE = frozenset({"1", "L", "P", "RGB", "CMYK", "YCbCr", "I;16", "I;16B", "I;16L"})
_BYTES_OF = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}


class Source:
    """An open file: what its header declares, and its pictures; here as Pillow's reader has them.

    ``size`` is the width and height in pixels before the picture is turned upright, ``frames`` the number of
    pictures, ``plays`` how often an animation is shown (0 is endlessly), ``profile`` the ICC profile of its
    colours, ``tile`` the size of its largest piece that is decoded at once, and ``progressive`` tells whether
    all of it has to be held until the end. ``piece`` is how many bytes are taken beside what a format takes
    for every pixel.
    """

    piece = 0

    def __init__(self, image: ImageFile) -> None:
        for key in _OTHER_ORIENTATIONS:
            image.info.pop(key, None)
        self.image = image
        self.size: tuple[int, int] = image.size
        self.frames = 1
        self.plays = 1
        self.profile: bytes | None = image.info.get("icc_profile")
        self.tile = (1, 1)
        self.progressive = "progressive" in image.info

    @property
    def _mode(self) -> str:
        """The mode of Pillow's picture, or that of the largest one where Pillow's reader isn't used."""
        image = getattr(self, "image", None)
        if image is None:
            return "RGBA"
        return f"{image.mode}, a colour clear" if "transparency" in image.info else str(image.mode)

    @property
    def picture_bytes(self) -> int:
        """How many bytes a pixel of the decoded picture has in memory."""
        return _BYTES_OF.get(self._mode.partition(",")[0], 4)

    @property
    def opaque(self) -> bool:
        """Whether the header rules out that anything is transparent."""
        return self._mode in _OPAQUE

    @property
    def reducible(self) -> bool:
        """Whether the decoded picture's pixels can be averaged as they are."""
        return self._mode in REDUCIBLE

    @property
    def turn(self) -> int:
        """The EXIF orientation, 1 to 8."""
        return orientation.read(self.image)

    @property
    def copyright(self) -> str:
        """The EXIF copyright; often empty."""
        return copyright.read(self.image)

    def draft(self, width: int, height: int) -> tuple[int, int]:
        """Have the picture decoded at a smaller scale, at least this large; return its size then."""
        return self.size

    def picture(self) -> Image:
        """Decode and return the picture, the first of several; what it does not say itself is sRGB."""
        return loaded(self.image)

    def pictures(self) -> Iterator[tuple[Image, float]]:
        """Decode and yield the pictures of an animation as they are shown, each with its milliseconds."""
        for number in range(self.frames):
            self.image.seek(number)
            yield loaded(self.image), self.image.info.get("duration", 0)


def loaded[Reader: ImageFile](image: Reader) -> Reader:
    """Decode the picture, which must turn out as large as its header, or its draft, declared.

    Raises:
        DamagedPhoto: It does not.
    """
    width, height = declared = image.size
    image.load()
    if image.size != declared:
        raise DamagedPhoto(f"The picture declares {width} x {height} pixels, but has others.")
    return image


class Format(Protocol):
    """The shape of a format file."""

    def open(self, data: bytes) -> Source:
        """Return the file opened."""


def load(name: str) -> Format:
    """Import the format's file; no other format's is imported."""
    return cast(Format, import_module(f"{__name__}.{name}"))
