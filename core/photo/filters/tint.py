"""Colour the picture with one hue, as a duotone of black, the hue and white."""

from __future__ import annotations

from typing import Annotated

from PIL.Image import Image, blend
from PIL.ImageOps import colorize

from core.parameters import Between, Colour
from core.photo.alpha import colours_only


def apply(
    image: Image, *, colour: Annotated[str, Colour()], amount: Annotated[float, Between(0, 1)] = 1.0
) -> Image:
    """Return the picture moved ``amount`` of the way to shades of ``colour``."""

    def tinted(rgb: Image) -> Image:
        return blend(rgb, colorize(rgb.convert("L"), black="black", mid=colour, white="white"), amount)

    return colours_only(image, tinted)
