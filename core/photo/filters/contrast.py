"""Give the picture more contrast or less."""

from __future__ import annotations

from typing import Annotated

from PIL.Image import Image, blend, new
from PIL.ImageStat import Stat

from core.parameters import Between
from core.photo.alpha import colours_only, visible


def apply(image: Image, *, factor: Annotated[float, Between(0, 4)]) -> Image:
    """Return the picture with its tones moved apart by ``factor``: 0 is their mean, 1 changes nothing."""
    seen = visible(image)
    if seen and not seen.getbbox():
        return image.copy()
    gray = round(Stat(image.convert("L"), seen).mean[0])
    return colours_only(image, lambda rgb: blend(new("RGB", rgb.size, (gray, gray, gray)), rgb, factor))
