"""Encode a picture in no more bytes than a limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.photo.formats import Encoded, Settings

# The lowest quality that is tried: below it, pictures are too poor to use.
LEAST_QUALITY = 20
STEP = 4


def within(
    encode: Callable[[Settings], Encoded], settings: Settings, most_bytes: float, *, lossless: bool = False
) -> Encoded:
    """Return what ``encode`` makes at the highest quality that fits ``most_bytes``, at most the requested.

    A ``lossless`` format is tried once more, with more effort. If nothing fits, the smallest result is
    returned: headers need a few hundred bytes, and lossless encoding cannot reduce quality.
    """
    made = encode(settings)
    if len(made.data) <= most_bytes:
        return made
    settings = replace(settings, small=True)
    if lossless:
        return min(made, encode(settings), key=lambda each: len(each.data))
    qualities = range(LEAST_QUALITY, settings.quality, STEP)
    smallest, low, high = made, 0, len(qualities) - 1
    while low <= high:
        middle = (low + high) // 2
        tried = encode(replace(settings, quality=qualities[middle]))
        if len(tried.data) <= most_bytes:
            smallest, low = tried, middle + 1
        else:
            smallest, high = min(smallest, tried, key=lambda each: len(each.data)), middle - 1
    return smallest
