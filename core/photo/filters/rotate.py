"""Turn the picture."""

from __future__ import annotations

from math import ceil, cos, radians, sin
from typing import Annotated

from PIL.Image import Image, Resampling, Transpose

from core.parameters import Between

_RIGHT_ANGLES = {90: Transpose.ROTATE_270, 180: Transpose.ROTATE_180, 270: Transpose.ROTATE_90}

ADDS_TRANSPARENCY = True


def apply(image: Image, *, degrees: Annotated[float, Between(-360, 360)]) -> Image:
    """Return the picture turned clockwise, as large as it then is; corners that are free are transparent."""
    degrees %= 360
    if degrees == 0:
        return image.copy()
    if degrees in _RIGHT_ANGLES:
        return image.transpose(_RIGHT_ANGLES[int(degrees)])
    return image.convert("RGBA").rotate(-degrees, Resampling.BICUBIC, expand=True)


def extent(size: tuple[int, int], *, degrees: float) -> tuple[int, int]:
    """Return the size of the turned picture, a pixel more where that depends on rounding."""
    width, height = size
    along, across = abs(cos(radians(degrees))), abs(sin(radians(degrees)))
    return ceil(width * along + height * across) + 1, ceil(width * across + height * along) + 1
