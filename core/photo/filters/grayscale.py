"""Take the colour out."""

from __future__ import annotations

from typing import Annotated

from PIL.Image import Image, blend

from core.parameters import Between
from core.photo.alpha import colours_only


def apply(image: Image, *, amount: Annotated[float, Between(0, 1)] = 1.0) -> Image:
    """Return the picture with its colours moved ``amount`` of the way to gray (ITU-R 601-2 luma)."""
    return colours_only(image, lambda rgb: blend(rgb, rgb.convert("L").convert("RGB"), amount))
