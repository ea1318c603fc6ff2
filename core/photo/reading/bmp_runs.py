"""Expand the runs of BMP's RLE8 and RLE4 (BITMAPINFOHEADER, "Bitmap Compression")."""

from __future__ import annotations

from core.errors import DamagedPhoto

_END_OF_LINE, _END, _DELTA = 0, 1, 2
# Each costs about a microsecond; a photo of 50 megapixels in the longest runs has 200,000.
_MOST_RUNS = 5_000_000


def expanded(runs: memoryview, size: tuple[int, int], bits: int) -> bytes:
    """Return the palette indices, one byte each, in file order; pixels that no run reaches have index 0.

    Raises:
        DamagedPhoto: The runs end before the picture does, or there are too many.
    """
    width, height = size
    made = bytearray(width * height)
    x = y = at = 0
    for _ in range(_MOST_RUNS):
        if y >= height:
            return bytes(made)
        if at + 2 > len(runs):
            raise DamagedPhoto("The BMP file is cut off: its end is missing.")
        count, value = runs[at], runs[at + 1]
        at += 2
        if count:
            pixels = _pixels(bytes((value,)), bits) * (count if bits == 8 else -(-count // 2))
        elif value == _END_OF_LINE:
            x, y = 0, y + 1
            continue
        elif value == _END:
            return bytes(made)
        elif value == _DELTA:
            if at + 2 > len(runs):
                raise DamagedPhoto("The BMP file is cut off: its end is missing.")
            x, y = x + runs[at], y + runs[at + 1]
            at += 2
            continue
        else:
            count = value
            length = count if bits == 8 else -(-count // 2)
            packed = bytes(runs[at : at + length])
            if len(packed) < length:
                raise DamagedPhoto("The BMP file is cut off: its end is missing.")
            at += length + length % 2
            pixels = _pixels(packed, bits)
        kept = min(count, width - x)
        if kept > 0:
            place = y * width + x
            made[place : place + kept] = pixels[:kept]
        x += count
    raise DamagedPhoto(f"The BMP file has more than {_MOST_RUNS:,} runs; no photo has.")


def _pixels(packed: bytes, bits: int) -> bytes:
    """Return the palette indices from bytes that hold one index, or two of four bits."""
    return packed if bits == 8 else bytes(half for each in packed for half in (each >> 4, each & 15))
