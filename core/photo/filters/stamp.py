"""Put a small picture, such as a logo, into a corner, or all over the picture."""

from __future__ import annotations

from typing import Annotated

from PIL.Image import Image, Resampling, open
from PIL.ImageChops import constant, multiply

from core.parameters import PICTURES, Between, PictureFile
from core.photo.stamping import Position, put


def apply(
    image: Image,
    *,
    picture: Annotated[str, PictureFile()],
    position: Position = "bottom-right",
    opacity: Annotated[float, Between(0, 1)] = 0.6,
    width: Annotated[float, Between(0.01, 1)] = 0.15,
) -> Image:
    """Return the picture with a PNG of ``recipes/pictures`` on it, ``width`` of the picture's width wide."""
    with open(PICTURES / picture) as file:
        stamp = file.convert("RGBA")
    scale = image.width * width / stamp.width
    stamp = stamp.resize(
        (max(1, round(stamp.width * scale)), max(1, round(stamp.height * scale))), Resampling.LANCZOS
    )
    alpha = stamp.getchannel("A")
    stamp.putalpha(multiply(alpha, constant(alpha, round(255 * opacity))))
    return put(image, stamp, position, margin=max(2, min(image.size) // 40))
