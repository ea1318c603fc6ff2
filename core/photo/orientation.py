"""EXIF orientation: how the camera was held, and how to turn the picture upright (EXIF 2.32, tag 0x0112)."""

from __future__ import annotations

from PIL.Image import Image, Transpose

TAG = 0x0112
UPRIGHT = 1
_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
_SIDEWAYS = {5, 6, 7, 8}


def read(image: Image) -> int:
    """Return the orientation, 1 to 8, of a decoded picture, or of a JPEG before it is decoded.

    It is 1 where the file has none, a broken one or an unknown value, and for TIFF: Pillow turns it.
    """
    try:
        value = image.getexif().get(TAG)
    except Exception:  # broken EXIF is common in valid photos, and may raise any exception
        return UPRIGHT
    return value if value in _TURNS else UPRIGHT


def upright_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """Return the width and height of the upright picture."""
    width, height = size
    return (height, width) if orientation in _SIDEWAYS else (width, height)


def bake(image: Image, orientation: int) -> Image:
    """Return the picture turned upright."""
    return image.transpose(_TURNS[orientation]) if orientation in _TURNS else image
