"""Cut out a part of the picture."""

from __future__ import annotations

from typing import Annotated

from PIL.Image import Image

from core.parameters import Between

Share = Annotated[float, Between(0, 1)]
Part = Annotated[float, Between(0.01, 1)]


def apply(
    image: Image, *, left: Share = 0.0, top: Share = 0.0, width: Part = 1.0, height: Part = 1.0
) -> Image:
    """Return the part that begins at ``left`` and ``top``, all in shares of the picture's width and height.

    A part that would stand out at the right or the bottom ends there; it is one pixel at least.
    """
    x, y = min(round(left * image.width), image.width - 1), min(round(top * image.height), image.height - 1)
    right, bottom = x + max(1, round(width * image.width)), y + max(1, round(height * image.height))
    return image.crop((x, y, min(right, image.width), min(bottom, image.height)))
