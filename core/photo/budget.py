"""Estimate the memory that a photo needs, from its header and the recipe, before a pixel is decoded.

A photo goes through four stages, and the largest counts: decoding it and turning its colours into sRGB,
making the sizes, filtering the first of them, and writing each output. The bytes per pixel of each were
measured as the peak of a separate process (``python -m tools.worst`` searches for cases that need more) and
rounded up. The numbers of a filter or an output format are in its own module.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from core.photo import filters, formats
from core.photo.orientation import UPRIGHT, upright_size
from core.photo.resize import extent, scale_for
from core.recipe import OutputFormat, Recipe, Size

if TYPE_CHECKING:
    from core.photo.reading import Source

# The memory of decoding per pixel of the file, including the decoded picture.
DECODING = {"jpeg": 1, "png": 9, "webp": 18, "gif": 7, "tiff": 5, "bmp": 6, "avif": 14, "heic": 15}
# A JPEG with several scans: every coefficient is kept to the end.
DECODING_IN_SCANS = 9
# Pillow's pixels have four bytes, except those of one channel.
PICTURE = 4
# Resizing a picture: a copy averaged to a quarter, and rows of the new width at up to four times its height.
AVERAGED, ROWS = 1, 4 * PICTURE
# A picture that has its size already is not resized for these fits.
_AS_THEY_ARE = {"inside", "exact"}

Extent = tuple[int, int]


@dataclass(frozen=True)
class Stage:
    """One stage of processing, described for a person, and its peak memory in bytes."""

    what: str
    peak: int


def stages(
    source: Source, name: str, sizes: Iterable[Size], recipe: Recipe | None, headroom: tuple[float, float]
) -> Iterator[Stage]:
    """Yield all stages of a photo; without a ``recipe``, nothing is filtered or written.

    ``headroom`` is how much larger than the largest size the decoder and then an average leave the photo.
    """
    sizes = tuple(sizes)
    whole = upright_size(source.size, source.turn)
    frames = source.frames if recipe and recipe.animated and name != "tiff" else 1
    remaining = upright_size(_left(source, name, largest_scale(whole, sizes), headroom), source.turn)
    left = prod(remaining)
    held = PICTURE * frames * left if frames > 1 else 0
    yield Stage(f"decoding it from {name.upper()}", _decoding(source, name, left) + 2 * held)

    made = {size.name: extent(whole, size) for size in sizes}
    outputs = PICTURE * frames * sum(map(prod, made.values()))
    changed = [
        made[each.name] for each in sizes if each.fit not in _AS_THEY_ARE or made[each.name] != remaining
    ]
    largest = max(map(prod, changed), default=0)
    premultiplied = 0 if source.opaque else PICTURE
    resizing = (AVERAGED + premultiplied) * left + min(PICTURE * left, ROWS * largest) if changed else 0
    new = PICTURE * frames * sum(map(prod, changed))
    yield Stage("making the recipe's sizes", max(PICTURE * left, held) + resizing + new)
    if not recipe or not made:
        return
    pictures = list(made.values())
    opaque = source.opaque and all(size.fit != "contain" for size in sizes)
    opaque = opaque and not any(map(filters.adds_transparency, recipe.filters))
    if recipe.filters:
        area = made[recipe.sizes[0].name]
        for call in recipe.filters:
            before, area = area, filters.extent(call, area)
            working = filters.bytes_per_pixel(call) * max(prod(before), prod(area))
            kept = PICTURE * frames * (left + 2 * prod(area))
            yield Stage(f"the filter {call.name}", working + kept + outputs)
        outputs += PICTURE * frames * prod(area)
        pictures.append(area)
    for output in recipe.outputs:
        area = max(pictures, key=prod)
        working = _writing(output, prod(area), frames, opaque=opaque)
        yield Stage(f"writing {output.format} of {area[0]} x {area[1]} pixels", working + outputs)


def rewriting(size: Extent, frames: int, recipe: Recipe) -> int:
    """Return the peak memory of reading a finished picture of that many frames and writing all outputs."""
    area = prod(size)
    reading = DECODING["png"] * frames * area
    return max(
        [
            reading,
            *(
                PICTURE * frames * area + _writing(each, area, frames, opaque=False)
                for each in recipe.outputs
            ),
        ]
    )


def largest_scale(whole: Extent, sizes: Iterable[Size]) -> float:
    """Return the factor by which a photo shrinks for the largest of ``sizes``; 1 if there are none."""
    return max((scale_for(*whole, size) for size in sizes), default=1.0)


def _writing(output: OutputFormat, area: int, frames: int, *, opaque: bool) -> int:
    more = formats.BYTES_PER_ANIMATED_PIXEL * (frames - 1) * area if output.animation == "keep" else 0
    return formats.bytes_per_pixel(output, opaque=opaque) * area + more


def _decoding(source: Source, name: str, left: int) -> int:
    """Return the memory of decoding, and of converting the remaining pixels to upright sRGB."""
    pixels = max(prod(source.size), prod(source.tile))
    decoded = prod(source.size) if name != "jpeg" else left  # a JPEG decoder skips pixels while it decodes
    per_pixel = DECODING_IN_SCANS if source.progressive else DECODING[name]
    changes = 1 + (not source.opaque or source.profile is not None or source.turn != UPRIGHT)
    working = source.picture_bytes * decoded + (PICTURE * changes + 1) * left
    if source.progressive:
        working += per_pixel * pixels
    return max(per_pixel * pixels, working) + source.piece


def _left(source: Source, name: str, scale: float, headroom: tuple[float, float]) -> Extent:
    """Return the photo's size after its decoder, and then an average, have reduced it."""
    width, height = source.size
    if name == "jpeg":
        wanted = (int(each * scale * headroom[0]) + 1 for each in source.size)
        room = min(each // least for each, least in zip(source.size, wanted, strict=True))
        factor = next(each for each in (8, 4, 2, 1) if each <= max(1, room))
        width, height, scale = -(-width // factor), -(-height // factor), min(1.0, scale * factor)
    factor = max(1, int(1 / (scale * headroom[1]))) if source.reducible else 1
    return -(-width // factor), -(-height // factor)
