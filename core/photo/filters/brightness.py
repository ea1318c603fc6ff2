"""Make the picture brighter or darker."""

from __future__ import annotations

from typing import Annotated

from PIL.Image import Image
from PIL.ImageEnhance import Brightness

from core.parameters import Between
from core.photo.alpha import colours_only


def apply(image: Image, *, factor: Annotated[float, Between(0, 4)]) -> Image:
    """Return the picture with its tones multiplied by ``factor``: 0 is black, 1 changes nothing."""
    return colours_only(image, lambda rgb: Brightness(rgb).enhance(factor))
