"""Tone the picture brown, like an old print."""

from __future__ import annotations

from typing import Annotated

from PIL.Image import Image, blend

from core.parameters import Between
from core.photo.alpha import colours_only

# Red, green and blue of the result, each from red, green, blue and a constant (Filter Effects Level 1, 13.4).
_MATRIX = (
    *(0.393, 0.769, 0.189, 0.0),
    *(0.349, 0.686, 0.168, 0.0),
    *(0.272, 0.534, 0.131, 0.0),
)


def apply(image: Image, *, amount: Annotated[float, Between(0, 1)] = 1.0) -> Image:
    """Return the picture with its colours moved ``amount`` of the way to sepia."""
    return colours_only(image, lambda rgb: blend(rgb, rgb.convert("RGB", _MATRIX), amount))
