"""PNG: lossless; ``quality`` has no effect."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from PIL.Image import Dither, Image, Quantize
from PIL.ImageChops import difference
from PIL.PngImagePlugin import PngImageFile, PngInfo

from core.photo.formats import Settings

EXTENSION = "png"
CONTENT_TYPE = "image/png"
TRANSPARENCY = True
LOSSLESS = True
# Of zlib's levels 1 to 9: 6 is its own default; 9 takes twice as long for less than 1 %.
LEVEL = 6
SMALLEST = 9
# Pictures passed between steps are written once and read once.
FASTEST = 1
_NOTE = "Comment"


def encode(image: Image, settings: Settings, level: int = LEVEL, note: str = "") -> bytes:
    """Return the picture as PNG, with a ``note`` for the reader."""
    if settings.small:
        return min((_encode(each, settings, SMALLEST, note) for each in _equals(image)), key=len)
    return _encode(image, settings, level, note)


def _encode(image: Image, settings: Settings, level: int, note: str) -> bytes:
    file, info = BytesIO(), PngInfo()
    if note:
        info.add_text(_NOTE, note)
    image.save(file, "PNG", compress_level=level, icc_profile=None, exif=settings.exif(), pnginfo=info)
    return file.getvalue()


def _equals(image: Image) -> Iterator[Image]:
    """Yield the picture, and the same pixels as grayscale and with a palette, where that is lossless."""
    yield image
    if image.mode == "RGB":
        fewer = [image.convert("L")]
        if image.getcolors(256):
            fewer.append(image.quantize(256, Quantize.MEDIANCUT, dither=Dither.NONE))
        yield from (each for each in fewer if difference(each.convert("RGB"), image).getbbox() is None)


def note(data: bytes) -> str:
    """Return the note in a PNG that :func:`encode` made; nothing is decoded."""
    return str(PngImageFile(BytesIO(data)).text[_NOTE])


def bytes_per_pixel(quality: int, opaque: bool) -> int:
    """Return the peak memory of encoding, as measured with noise of the highest quality."""
    return 18
