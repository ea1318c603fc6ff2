"""The readers, one module per format.

A module has a function ``open(data)``, which reads the header and returns a :class:`Source`. It raises a
:class:`core.errors.PhotoError` that names what is not accepted; any other exception counts as damage.
No pixel is decoded until the source is asked for a picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Protocol, cast

from PIL.Image import Image
from PIL.ImageFile import ImageFile

from core.errors import DamagedPhoto
from core.photo import copyright, location, orientation

# Pillow also reads an orientation from these where EXIF has none; browsers do not.
_OTHER_ORIENTATIONS = ("xmp", "XML:com.adobe.xmp", "Raw profile type exif")

REDUCIBLE = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
_OPAQUE = frozenset({"1", "L", "P", "RGB", "CMYK", "YCbCr", "I;16", "I;16B", "I;16L"})
_RGB = frozenset({"P", "RGB", "RGBA", "RGBX", "YCbCr"})
_BYTES_OF = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}


class Source:
    """An open file: what its header declares, and its pictures. This base class uses Pillow's reader.

    ``size`` is the width and height in pixels before the picture is turned upright, ``frames`` the number of
    pictures, ``plays`` the number of plays of an animation (0 is endless), ``profile`` the ICC profile of its
    colours, and ``tile`` the size of the largest piece that is decoded at once. ``progressive`` says whether
    all of the picture must be held until the end. ``piece`` is the number of bytes needed in addition to what
    the format needs per pixel.
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
        """The mode of Pillow's picture, or the largest mode where Pillow's reader is not used."""
        image = getattr(self, "image", None)
        if image is None:
            return "RGBA"
        return f"{image.mode}, a colour clear" if "transparency" in image.info else str(image.mode)

    @property
    def picture_bytes(self) -> int:
        """The number of bytes per pixel of the decoded picture in memory."""
        return _BYTES_OF.get(self._mode.partition(",")[0], 4)

    @property
    def opaque(self) -> bool:
        """Whether the header rules out transparency."""
        return self._mode in _OPAQUE

    @property
    def reducible(self) -> bool:
        """Whether the decoded picture's pixels can be averaged without conversion."""
        return self._mode in REDUCIBLE

    @property
    def turn(self) -> int:
        """The EXIF orientation, 1 to 8."""
        return orientation.read(self.image)

    @property
    def copyright(self) -> str:
        """The EXIF copyright; often empty."""
        return copyright.read(self.image)

    @property
    def located(self) -> bool:
        """Whether the EXIF tells where the photo was taken."""
        return location.known(self.image)

    @property
    def rgb(self) -> bool:
        """Whether the colours are red, green and blue: not gray, and not inks."""
        return self._mode.partition(",")[0] in _RGB

    def draft(self, width: int, height: int) -> tuple[int, int]:
        """Set a smaller decoding scale that is at least this large; return the resulting size."""
        return self.size

    def picture(self) -> Image:
        """Decode and return the picture, or the first of several; colours without a profile are sRGB."""
        return loaded(self.image)

    def pictures(self) -> Iterator[tuple[Image, float]]:
        """Decode and yield the frames of an animation as shown, each with its duration in milliseconds."""
        for number in range(self.frames):
            self.image.seek(number)
            yield loaded(self.image), self.image.info.get("duration", 0)


def loaded[Reader: ImageFile](image: Reader) -> Reader:
    """Decode the picture, and check that its size is the one that its header or its draft declared.

    Raises:
        DamagedPhoto: It has another size.
    """
    width, height = declared = image.size
    image.load()
    if image.size != declared:
        raise DamagedPhoto(f"The picture declares {width} x {height} pixels, but has others.")
    return image


class Format(Protocol):
    """The interface of a reader module."""

    def open(self, data: bytes) -> Source:
        """Open the file."""


def load(name: str) -> Format:
    """Import the format's module, and no other format's."""
    return cast(Format, import_module(f"{__name__}.{name}"))
