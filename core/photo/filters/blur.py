"""Blur the picture."""

from __future__ import annotations

from typing import Annotated

from PIL.Image import Image
from PIL.ImageFilter import GaussianBlur

from core.parameters import Between
from core.photo.alpha import averaged


def apply(image: Image, *, radius: Annotated[float, Between(0.1, 100)] = 4.0) -> Image:
    """Return the picture blurred by a Gaussian whose standard deviation is ``radius`` pixels."""
    return averaged(image, lambda colours: colours.filter(GaussianBlur(radius)))
