"""Put a small picture onto a large one: in a corner, in the middle, or tiled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from PIL.Image import Image

Position = Literal["top-left", "top-right", "centre", "bottom-left", "bottom-right", "tiled"]


def put(image: Image, stamp: Image, position: Position, margin: int) -> Image:
    """Return the picture with the RGBA ``stamp`` on it, ``margin`` pixels from the edges or from the next."""
    marked = image.copy()
    for at in _places(image.size, stamp.size, position, margin):
        if marked.mode == "RGBA":
            marked.alpha_composite(stamp, at)
        else:
            marked.paste(stamp, at, stamp)
    return marked


def _places(
    picture: tuple[int, int], stamp: tuple[int, int], position: Position, margin: int
) -> Iterator[tuple[int, int]]:
    """Yield the positions of the stamp's upper left corner, inside the picture wherever possible."""
    free = (picture[0] - stamp[0], picture[1] - stamp[1])
    if position == "tiled":
        for row, top in enumerate(range(0, picture[1], stamp[1] + 2 * margin)):
            # Every other row is shifted by half a step, so that no straight strip is free of stamps.
            begin = 0 if row % 2 == 0 else (stamp[0] + 2 * margin) // 2
            yield from ((left, top) for left in range(begin, picture[0], stamp[0] + 2 * margin))
    elif position == "centre":
        yield max(0, free[0] // 2), max(0, free[1] // 2)
    else:
        yield (
            max(0, free[0] - margin) if position.endswith("right") else min(margin, max(0, free[0])),
            max(0, free[1] - margin) if position.startswith("bottom") else min(margin, max(0, free[1])),
        )
