"""Give the picture more contrast or less."""

from __future__ import annotations

from typing import Annotated

from PIL.Image import Image
from PIL.ImageEnhance import Contrast

from core.parameters import Between
from core.photo.alpha import colours_only


def apply(image: Image, *, factor: Annotated[float, Between(0, 4)]) -> Image:
    """Return the picture with its tones moved apart by ``factor``: 0 is plain gray, 1 changes nothing."""
    return colours_only(image, lambda rgb: Contrast(rgb).enhance(factor))
