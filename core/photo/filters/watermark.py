"""Write a line of text into a corner, or all over the picture."""

from __future__ import annotations

from typing import Annotated

from PIL import ImageFont
from PIL.Image import Image, new
from PIL.ImageDraw import Draw

from core.parameters import Between, Length
from core.photo.stamping import Position, put


def apply(
    image: Image,
    *,
    text: Annotated[str, Length(1, 100)],
    position: Position = "bottom-right",
    opacity: Annotated[float, Between(0, 1)] = 0.6,
    height: Annotated[float, Between(0.01, 0.5)] = 0.04,
) -> Image:
    """Return the picture with ``text`` in white on a thin dark outline.

    The letters are ``height`` of the picture's height, or smaller so that the text fits its width.
    """
    font_size = max(8.0, image.height * height)
    margin = max(2, round(font_size / 2))
    font = ImageFont.load_default(font_size)
    room = max(1, image.width - 2 * margin)
    if font.getlength(text) > room:
        font = ImageFont.load_default(max(4.0, font_size * room / font.getlength(text)))
    outline = max(1, round(font_size / 20))
    left, top, right, bottom = (round(edge) for edge in font.getbbox(text, stroke_width=outline))
    stamp = new("RGBA", (max(1, right - left), max(1, bottom - top)))
    alpha = round(255 * opacity)
    Draw(stamp).text(
        (-left, -top),
        text,
        font=font,
        fill=(255, 255, 255, alpha),
        stroke_width=outline,
        stroke_fill=(0, 0, 0, alpha // 2),
    )
    return put(image, stamp, position, margin)
