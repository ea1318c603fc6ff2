"""The CPU time that a photo may take: docs/photos.md promises it, and the search tries to exceed it.

The seconds are for one core of a machine that is also doing other work: about twice the measured ones.
"""

from __future__ import annotations

from math import prod

from core.photo import filters
from core.photo.orientation import upright_size
from core.photo.reading import Source
from core.photo.resize import extent
from core.recipe import AUTO, OutputFormat, Recipe

# Opening a file and writing small outputs, independent of their pixels.
START = 0.5
# Seconds per megapixel of the file or of one of its frames, and per megapixel that a scan passes over.
DECODING, SCAN = 0.3, 0.01
# Per megapixel of a size, and of a filter's result.
RESIZING, FILTERING = 0.2, 1.0
# Per megapixel of an output; WebP's by effort.
ENCODING = {"jpeg": 0.4, "png": 0.8, "gif": 1.5, "avif": 4.0}
WEBP = (0.6, 0.7, 0.8, 0.9, 1.0, 2.0, 2.0)
# For the palette of each frame of an animated GIF.
PALETTE = 0.3
# The number of encodings of an output with a limit on its bytes, and of each format that "auto" tries.
TRIES = 6


def allowed(source: Source, name: str, scans: int, recipe: Recipe) -> float:
    """Return how many seconds of CPU the photo may take with the recipe."""
    whole = upright_size(source.size, source.turn)
    frames = source.frames if recipe.animated and name != "tiff" else 1
    sizes = [extent(whole, size) for size in recipe.sizes]
    decoding = max(prod(source.size) * frames, prod(source.tile)) * (DECODING + SCAN * scans)
    seconds = decoding + RESIZING * frames * sum(map(prod, sizes))
    pictures, palettes = list(sizes), 0
    if recipe.filters:
        area = sizes[0]
        for call in recipe.filters:
            before, area = area, filters.extent(call, area)
            seconds += FILTERING * frames * max(prod(before), prod(area))
        pictures.append(area)
    for output in recipe.outputs:
        for area in pictures:
            kept = frames if output.animation == "keep" else 1
            tries = TRIES if area == whole and not recipe.options.larger else 1
            seconds += tries * kept * prod(area) * encoding(output)
            palettes += tries * kept * (output.format == "gif")
    return START + PALETTE * palettes + seconds / 1e6


def encoding(output: OutputFormat) -> float:
    """Return the seconds that encoding a megapixel may take; "auto" tries each format three times."""
    if output.format == AUTO:
        return 3 * (ENCODING["jpeg"] + WEBP[4] + ENCODING["avif"])
    return WEBP[output.effort] if output.format == "webp" else ENCODING[output.format]
