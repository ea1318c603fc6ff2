"""Sharpen by unsharp masking."""

from __future__ import annotations

from typing import Annotated

from PIL.Image import Image
from PIL.ImageFilter import UnsharpMask

from core.parameters import Between
from core.photo.alpha import visible_colours


def apply(
    image: Image,
    *,
    radius: Annotated[float, Between(0.1, 20)] = 1.0,
    percent: Annotated[int, Between(1, 500)] = 60,
    threshold: Annotated[int, Between(0, 255)] = 2,
) -> Image:
    """Return the picture sharpened.

    Details up to ``radius`` pixels gain ``percent`` contrast; differences up to ``threshold`` tones, mostly
    noise, are left alone.
    """
    return visible_colours(image, lambda rgb: rgb.filter(UnsharpMask(radius, percent, threshold)))
