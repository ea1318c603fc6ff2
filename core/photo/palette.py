"""Reduce a picture to the colours of a palette: all of its own if they fit, or else a good choice."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import chain
from math import ceil
from typing import cast

from PIL.Image import Dither, Image, Quantize, new
from PIL.ImageMath import lambda_eval

Colour = tuple[int, int, int]

# Up to this many colours are counted exactly; beyond, as in photos, by the upper five bits of a channel.
_COUNTED = 1 << 16
# The number of sample pixels that represent the picture while colours are chosen.
_SAMPLED = 1 << 16
# A colour's weight is its number of pixels to this power: a thin line keeps its own colour, and photos are
# closer to the original than with a power of 1.
_FAIRNESS = 0.75
_SLOTS = 1 << 16
# This many pixels are looked up at a time, since that takes 24 bytes for each.
_AT_ONCE = 1 << 18


def indexed(image: Image, most: int) -> Image:
    """Return the RGB picture with at most ``most`` colours: exact if it has no more, or else dithered."""
    counted = _counted(image, most)
    if counted:
        return _exact(image, sorted(colour for _, colour in counted))
    palette = _sample(image).quantize(most, Quantize.MEDIANCUT)
    return image.quantize(palette=palette, dither=Dither.FLOYDSTEINBERG)


def _counted(image: Image, most: int) -> list[tuple[int, Colour]]:
    """Return each colour with its number of pixels; nothing if there are more than ``most``."""
    return cast(list[tuple[int, Colour]], image.getcolors(most) or [])


def _sample(image: Image) -> Image:
    """Return a picture one pixel high that has every colour, with frequent ones repeated."""
    counted = _counted(image, _COUNTED) or _counted(image.point(lambda tone: tone & 0xF8 | 4), _COUNTED)
    weights = [(count**_FAIRNESS, colour) for count, colour in sorted(counted)]
    scale = _SAMPLED / sum(weight for weight, _ in weights)
    pixels = b"".join(bytes(colour) * ceil(weight * scale) for weight, colour in weights)
    sample = new("RGB", (len(pixels) // 3, 1))
    sample.frombytes(pixels)
    return sample


def _exact(image: Image, colours: Sequence[Colour]) -> Image:
    """Return the picture with these colours, which must include all of its own.

    Pillow's own search for the nearest colour may return its neighbour. Here red, green and blue are hashed
    to 16 bits, without collisions, and a table turns the hash into the colour's index.
    """
    factors, slots = _unique(colours)
    table = [0] * _SLOTS
    for index, slot in enumerate(slots):
        table[slot] = index
    made, rows = new("L", image.size), max(1, _AT_ONCE // image.width)
    for top in range(0, image.height, rows):
        box = (0, top, image.width, min(image.height, top + rows))
        red, green, blue = (band.convert("I") for band in image.crop(box).split())
        slot_of = lambda_eval(
            lambda given: (
                (given["r"] * factors[0] + given["g"] * factors[1] + given["b"] * factors[2]) & (_SLOTS - 1)
            ),
            r=red,
            g=green,
            b=blue,
        )
        made.paste(slot_of.point(table, "L"), box)
    made.putpalette(list(chain.from_iterable(colours)))
    return made


def _unique(colours: Sequence[Colour]) -> tuple[Colour, list[int]]:
    """Return factors that give each of at most 256 colours a separate slot, and the slots."""
    chance = random.Random(0)  # noqa: S311 - repeatable, not secret
    while True:
        factors = (chance.randrange(_SLOTS), chance.randrange(_SLOTS), chance.randrange(_SLOTS))
        slots = [sum(map(int.__mul__, colour, factors)) & (_SLOTS - 1) for colour in colours]
        if len(set(slots)) == len(slots):
            return factors, slots
