"""Check that a PNG's compressed stream holds all rows: Pillow accepts one that ends early."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from contextlib import suppress

from PIL.Image import Image

from core.errors import DamagedPhoto

_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# The first column and row of each of Adam7's passes, and the distances to the next.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_AT_ONCE = 2**20


def check_rows(image: Image, header: bytes, pixels: Iterable[bytes | memoryview]) -> None:
    """Check a decoded picture whose last row is all zero, or which is interlaced: rows may be missing.

    Raises:
        DamagedPhoto: They are.
    """
    width, height = image.size
    interlaced = bool(header[12])
    if not interlaced and any(image.crop((0, height - 1, width, height)).tobytes()):
        return
    passes = _PASSES if interlaced else ((0, 0, 1, 1),)
    bits = header[8] * _SAMPLES[header[9]]
    wanted = 0
    for left, top, across, down in passes:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        wanted += max(0, rows) * (1 + -(-columns * bits // 8)) if columns > 0 else 0
    if _inflated(pixels, wanted) < wanted:
        raise DamagedPhoto("The PNG file is cut off: its end is missing.")


def _inflated(pixels: Iterable[bytes | memoryview], most: int) -> int:
    """Return how many bytes the parts of the stream decompress to; stop at ``most``."""
    inflater, made = zlib.decompressobj(), 0
    with suppress(zlib.error):  # the checksum may be wrong, as the decoder ignores it
        for part in pixels:
            waiting: bytes | memoryview = part
            while waiting and made < most:
                made += len(inflater.decompress(waiting, _AT_ONCE))
                waiting = inflater.unconsumed_tail
        made += len(inflater.flush())
    return made
