"""Show an animation at a glance: some of its frames side by side."""

from __future__ import annotations

from collections.abc import Iterable

from PIL.Image import Image, new

from core.photo.film import Film
from core.photo.resize import resize
from core.recipe import Sheet, Size

# The space between tiles, as a share of a tile's shorter side.
_GAP = 0.04


def sheets(film: Film, wanted: Iterable[Sheet], whole: tuple[int, int]) -> dict[str, Film]:
    """Return the sheets by name; none for a still photo."""
    return {each.name: Film((make(film, each, whole),)) for each in wanted} if film.animated else {}


def make(film: Film, sheet: Sheet, whole: tuple[int, int]) -> Image:
    """Return at most ``columns`` x ``rows`` frames, chosen evenly from first to last, in reading order.

    Tiles have the shape of the photo, whose size in pixels is ``whole``; the gaps are transparent.
    """
    chosen = evenly(len(film.frames), sheet.columns * sheet.rows)
    box = Size(sheet.name, sheet.width, sheet.height)
    tiles = [resize(film.frames[number], box, whole) for number in chosen]
    (width, height), columns = tiles[0].size, min(sheet.columns, len(tiles))
    rows, gap = -(-len(tiles) // columns), max(1, round(min(tiles[0].size) * _GAP))
    made = new("RGBA", (columns * (width + gap) - gap, rows * (height + gap) - gap))
    for number, each in enumerate(tiles):
        row, column = divmod(number, columns)
        made.paste(each, (column * (width + gap), row * (height + gap)))
    return made


def evenly(count: int, most: int) -> list[int]:
    """Return at most ``most`` of the numbers below ``count``, including the first and the last."""
    if count <= most:
        return list(range(count))
    return [round(step * (count - 1) / max(1, most - 1)) for step in range(most)]
