"""Write text into a corner, or all over the picture."""

from __future__ import annotations

from typing import Annotated

from PIL.Image import Image

from core.parameters import Between, Length
from core.photo.stamping import Position, put
from core.photo.text import Align, Lines, Writable


def apply(
    image: Image,
    *,
    text: Annotated[str, Length(1, 100), Writable()],
    position: Position = "bottom-right",
    opacity: Annotated[float, Between(0, 1)] = 0.6,
    height: Annotated[float, Between(0.01, 0.5)] = 0.04,
) -> Image:
    """Return the picture with ``text``, of one or several lines, in white on a thin dark outline.

    The letters are ``height`` of the picture's height, or smaller so that all of the text fits the picture.
    """
    size = max(8.0, image.height * height)
    margin = max(2, round(size / 2))
    room = max(1, image.width - 2 * margin), max(1, image.height - 2 * margin)
    lines = Lines.fitting(text, size, room, _align(position))
    return put(image, lines.drawn(round(255 * opacity)), position, margin)


def _align(position: Position) -> Align:
    if position in {"centre", "tiled"}:
        return "center"
    return "right" if position.endswith("right") else "left"
