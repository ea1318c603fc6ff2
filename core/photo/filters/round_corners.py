"""Round the picture's corners."""

from __future__ import annotations

from typing import Annotated

from PIL.Image import Image, new
from PIL.ImageChops import multiply
from PIL.ImageDraw import Draw

from core.parameters import Between

# The mask is drawn this many times larger and averaged, so that the curve is smooth.
_FINENESS = 4
BYTES_PER_PIXEL = 12 + _FINENESS**2 + 4  # the mask has a byte for each

ADDS_TRANSPARENCY = True


def apply(image: Image, *, radius: Annotated[float, Between(0.01, 0.5)] = 0.05) -> Image:
    """Return the picture with transparent corners; ``radius`` is a share of its shorter side."""
    mask = new("L", (image.width * _FINENESS, image.height * _FINENESS))
    Draw(mask).rounded_rectangle(
        (0, 0, mask.width - 1, mask.height - 1), round(min(mask.size) * radius), fill=255
    )
    rounded = image.convert("RGBA")
    rounded.putalpha(multiply(rounded.getchannel("A"), mask.reduce(_FINENESS)))
    return rounded
