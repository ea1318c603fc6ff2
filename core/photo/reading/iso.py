"""Find the colour code points of AVIF and HEIC files (ISO/IEC 14496-12 and 23008-12)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from struct import unpack, unpack_from

from core.photo import cicp

_MOST_BOXES = 10_000
# Boxes with fields before their child boxes.
_FIELDS = {b"meta": 4, b"stsd": 8, b"av01": 78, b"hvc1": 78}
_TRACK = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"av01", b"colr")

Box = tuple[bytes, int, int]


def profile(data: bytes) -> bytes | None:
    """Return the ICC profile of the primary item's code points; ``None`` for sRGB, or where there are none.

    An ICC profile in the file takes precedence.

    Raises:
        UnsupportedFormat: The picture is high dynamic range.
    """
    points = _points(data)
    return cicp.profile(*points) if points else None


def aperture(data: bytes, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """Return the part of the primary item that is to be shown (``clap``), in pixels before it is turned.

    It is ``None`` if that is all of it, or if it is not within the picture or not of whole pixels.
    """
    for kind, at, end in _of_primary(data):
        if kind != b"clap" or end - at < 32:
            continue
        numbers = unpack_from(">IIIIiIiI", data, at)
        if not all(numbers[1::2]):
            return None
        wide, high, right, down = (
            Fraction(over, under) for over, under in zip(numbers[::2], numbers[1::2], strict=True)
        )
        left, top = (size[0] - wide) / 2 + right, (size[1] - high) / 2 + down
        box = left, top, left + wide, top + high
        if any(each.denominator > 1 for each in box) or not (0 <= left < box[2] <= size[0]):
            return None
        return (int(left), int(top), int(box[2]), int(box[3])) if 0 <= top < box[3] <= size[1] else None
    return None


def _points(data: bytes) -> tuple[int, int] | None:
    """Return primaries and transfer characteristics of the primary item, or of an animation's first track."""
    found = next((each for box in _of_primary(data) if (each := _nclx(data, box))), None)
    if found is None:
        whole = (b"", 0, len(data))
        found = next((each for colr in _path(data, whole, _TRACK) if (each := _nclx(data, colr))), None)
    return found


def _of_primary(data: bytes) -> Iterator[Box]:
    """Yield the properties of the primary item."""
    meta = next(_inside(data, (b"", 0, len(data)), b"meta"), None)
    first = next(_inside(data, meta, b"pitm"), None) if meta else None
    properties = next(_inside(data, meta, b"iprp"), None) if meta else None
    held = next(_inside(data, properties, b"ipco"), None) if properties else None
    if not (first and properties and held):
        return
    item = int.from_bytes(data[first[1] + 4 : first[1] + (8 if data[first[1]] else 6)])
    boxes = list(_boxes(data, held))
    for association in _inside(data, properties, b"ipma"):
        for index in _indices(data, association, item):
            if 0 < index <= len(boxes):
                yield boxes[index - 1]


def _indices(data: bytes, ipma: Box, wanted: int) -> Iterator[int]:
    """Yield the indices of an item's properties, starting at 1."""
    _, at, end = ipma
    wide_items, wide_indices = data[at] > 0, data[at + 3] & 1
    (count,) = unpack_from(">I", data, at + 4)
    at += 8
    for _ in range(min(count, _MOST_BOXES)):
        if at + 5 > end:
            return
        item = int.from_bytes(data[at : at + (4 if wide_items else 2)])
        at += 4 if wide_items else 2
        size, number = 2 if wide_indices else 1, data[at]
        at += 1
        if item == wanted:
            for place in range(at, at + number * size, size):
                yield int.from_bytes(data[place : place + size]) & (0x7FFF if wide_indices else 0x7F)
        at += number * size


def _nclx(data: bytes, box: Box) -> tuple[int, int] | None:
    kind, at, end = box
    if kind != b"colr" or data[at : at + 4] != b"nclx" or end - at < 10:
        return None
    primaries, transfer = unpack(">HH", data[at + 4 : at + 8])
    return primaries, transfer


def _path(data: bytes, box: Box, kinds: tuple[bytes, ...]) -> Iterator[Box]:
    if not kinds:
        yield box
        return
    for each in _inside(data, box, kinds[0]):
        yield from _path(data, each, kinds[1:])


def _inside(data: bytes, box: Box, kind: bytes) -> Iterator[Box]:
    return (each for each in _boxes(data, box) if each[0] == kind)


def _boxes(data: bytes, box: Box) -> Iterator[Box]:
    """Yield the child boxes: their types, and where their contents begin and end."""
    return islice(_walk(data, box), _MOST_BOXES)


def _walk(data: bytes, box: Box) -> Iterator[Box]:
    at, end = box[1] + _FIELDS.get(box[0], 0), min(box[2], len(data))
    while at + 8 <= end:
        size, kind = unpack_from(">I4s", data, at)
        begin = at + 8
        if size == 1 and at + 16 <= end:
            (size,) = unpack_from(">Q", data, at + 8)
            begin += 8
        elif size == 0:
            size = end - at
        if size < begin - at or at + size > end:
            return
        yield kind, begin, at + size
        at += size
