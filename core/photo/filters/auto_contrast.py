"""Stretch the tones so that the darkest become black and the brightest white, without shifting hues."""

from __future__ import annotations

from typing import Annotated

from PIL import ImageOps
from PIL.Image import Image

from core.parameters import Between
from core.photo.alpha import colours_only, visible


def apply(image: Image, *, cutoff: Annotated[float, Between(0, 40)] = 0.5) -> Image:
    """Return the picture stretched; ``cutoff`` percent of the visible tones at either end are ignored."""
    seen = visible(image)
    if seen and not seen.getbbox():
        return image.copy()
    return colours_only(
        image, lambda rgb: ImageOps.autocontrast(rgb, cutoff=cutoff, mask=seen, preserve_tone=True)
    )
