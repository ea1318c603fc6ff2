"""Make the colours stronger or weaker."""

from __future__ import annotations

from typing import Annotated

from PIL.Image import Image
from PIL.ImageEnhance import Color

from core.parameters import Between
from core.photo.alpha import colours_only


def apply(image: Image, *, factor: Annotated[float, Between(0, 4)]) -> Image:
    """Return the picture with its colours ``factor`` times as strong: 0 is gray, 1 changes nothing."""
    return colours_only(image, lambda rgb: Color(rgb).enhance(factor))
