"""Draw a frame over the picture's edges."""

from __future__ import annotations

from typing import Annotated

from PIL.Image import Image
from PIL.ImageDraw import Draw

from core.parameters import Between, Colour


def apply(
    image: Image,
    *,
    colour: Annotated[str, Colour()] = "#ffffff",
    width: Annotated[float, Between(0.001, 0.2)] = 0.02,
) -> Image:
    """Return the picture, as large as before, with a frame ``width`` of its shorter side thick."""
    framed = image.copy()
    thickness = max(1, round(min(image.size) * width))
    Draw(framed).rectangle((0, 0, image.width - 1, image.height - 1), outline=colour, width=thickness)
    return framed
