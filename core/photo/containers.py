"""Walk the parts of a file as its reader will, without decoding them.

A few megabytes can hold millions of empty parts. Pillow processes each in Python before it decodes a pixel,
so such a file would keep a worker busy for minutes. Therefore the parts are counted first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

GIF_IMAGE = b","
_SEQUENTIAL = (0xC0, 0xC1)  # frames that are neither progressive nor lossless
_PROGRESSIVE = (0xC2, 0xCA)
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_ALONE = {0x01, *range(0xD0, 0xDA)}  # markers without a segment
# In a scan's data, FF 00 stands for FF, and FF D0 to FF D7 are restart markers.
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_MOST_MARKERS = 50_000
_COEFFICIENTS = 64
_COMMENT = 0xFE
_PROFILE = b"ICC_PROFILE\0"
# The other metadata that is read, by the first bytes of its segments: how many segments, and the shortest.
_METADATA = {b"JFIF": (1, 14), b"Exif\0\0": (16, 6), b"Adobe": (1, 12)}


class Chunk(NamedTuple):
    """A chunk of a PNG file: its type and its position, including its length and CRC fields."""

    kind: bytes
    start: int
    end: int


class Frame(NamedTuple):
    """A JPEG file's frame header: its marker (the coding process), precision and components."""

    kind: int
    bits: int
    components: int


class Scans(NamedTuple):
    """The number of scans of a JPEG file, and whether they hold every coefficient of every component."""

    number: int
    complete: bool


def parts(data: bytes, name: str) -> Iterator[bytes]:
    """Yield the kind of each part of a JPEG, PNG or GIF file; other formats are walked by C libraries.

    Each stray byte counts as a part, since readers skip such bytes one by one.
    """
    return _WALKS[name](data) if name in _WALKS else iter(())


def in_one_scan(data: bytes) -> bool:
    """Return whether a JPEG file is sequential with all components in its first scan: decoders stop there."""
    components = 0
    for at in _segments(data):
        if data[at + 1] in _SEQUENTIAL and at + 9 < len(data):
            components = data[at + 9]
        elif data[at + 1] == _START_OF_SCAN and at + 4 < len(data):
            return 0 < components == data[at + 4]
    return False


def jpeg_frame(data: bytes) -> Frame | None:
    """Return a JPEG file's frame header; ``None`` if there is none before the first scan."""
    for at in _segments(data):
        if data[at] == 0xFF and data[at + 1] in _FRAMES and at + 9 < len(data):
            return Frame(data[at + 1], data[at + 4], data[at + 9])
    return None


def jpeg_without_excess(data: bytes) -> list[memoryview]:
    """Return the parts of a JPEG file, without metadata that is not read, too short or in excess.

    Pillow refuses files with a segment that is too short. It appends each EXIF segment to the previous ones,
    which takes minutes for thousands of them.
    """
    whole, kept, begin = memoryview(data), list[memoryview](), 0
    seen = dict.fromkeys(_METADATA, 0)
    for at, end in _metadata(data):
        known = next((each for each in seen if data.startswith(each, at + 4)), None)
        if known:
            seen[known] += 1
        most, shortest = _METADATA[known] if known else (0, 0)
        if not known or seen[known] > most or end - at - 4 < shortest:
            kept.append(whole[begin:at])
            begin = end
    return [*kept, whole[begin:]]


def jpeg_profile(data: bytes) -> bytes:
    """Return the ICC profile in a JPEG file (ICC.1:2022, annex B.4); empty if it is missing or incomplete.

    Of several parts with one number, the first counts.
    """
    found: dict[int, bytes] = {}
    total = 0
    for at, end in _metadata(data):
        begin = at + 4 + len(_PROFILE)
        if data.startswith(_PROFILE, at + 4) and begin + 2 <= end:
            total = total or data[begin + 1]
            found.setdefault(data[begin], data[begin + 2 : end])
    return b"".join(found.get(number, b"") for number in range(1, total + 1)) if len(found) == total else b""


def _metadata(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each application segment and comment before the first scan begins and ends."""
    for at in _segments(data):
        if data[at] == 0xFF and (0xE0 <= data[at + 1] <= 0xEF or data[at + 1] == _COMMENT):
            yield at, at + 2 + int.from_bytes(data[at + 2 : at + 4])


def jpeg_scans(data: bytes) -> Scans:
    """Follow the scans of a JPEG file up to its end marker; bytes after it are ignored."""
    frame, number = jpeg_frame(data), 0
    progressive = frame is not None and frame.kind in _PROGRESSIVE
    missing: dict[int, set[int]] = {}
    for at in _markers(data):
        if data[at + 1] == _START_OF_SCAN and at + 4 < len(data):
            number += 1
            components = data[at + 4]
            first, last, precision = 0, _COEFFICIENTS - 1, 0
            ending = data[at + 5 + 2 * components : at + 8 + 2 * components]
            if progressive and len(ending) == 3:
                first, last, precision = ending[0], ending[1], ending[2] & 15
            for each in data[at + 5 : at + 5 + 2 * components : 2]:
                lacking = missing.setdefault(each, set(range(_COEFFICIENTS)))
                if precision == 0:
                    lacking -= set(range(first, last + 1))
    complete = frame is not None and len(missing) >= frame.components and not any(missing.values())
    return Scans(number, complete)


def jpeg_ends(data: bytes) -> bool:
    """Return whether a JPEG file has its end marker."""
    return any(data[at + 1] == _END_OF_IMAGE for at in _markers(data))


def _jpeg(data: bytes) -> Iterator[bytes]:
    return (data[at : at + 2] for at in _segments(data))


def _markers(data: bytes) -> Iterator[int]:
    """Walk the markers up to the end marker, skipping the scans' data (ITU-T T.81, annex B)."""
    at, count = 2, 0
    while (found := _MARKER.search(data, at)) and (count := count + 1) <= _MOST_MARKERS:
        at = found.start()
        yield at
        if data[at + 1] == _END_OF_IMAGE:
            return
        at += 2 if data[at + 1] in _ALONE else 2 + int.from_bytes(data[at + 2 : at + 4])


def _segments(data: bytes) -> Iterator[int]:
    """Walk the segments up to the first scan, and stray bytes between them."""
    at = 2
    while at + 4 <= len(data):
        marker = data[at : at + 2]
        yield at
        if marker[0] != 0xFF or marker[1] in (0x00, 0xFF):
            at += 1
        elif marker[1] == _START_OF_SCAN:
            return
        elif marker[1] in _ALONE:
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4])


def png_chunks(data: bytes) -> Iterator[Chunk]:
    """Walk the chunks of a PNG file up to its end (PNG, third edition, section 5)."""
    at = 8
    while at + 8 <= len(data):
        chunk = Chunk(data[at + 4 : at + 8], at, at + 12 + int.from_bytes(data[at : at + 4]))
        yield chunk
        if chunk.kind == b"IEND":
            return
        at = chunk.end


def _png(data: bytes) -> Iterator[bytes]:
    return (chunk.kind for chunk in png_chunks(data))


def _gif(data: bytes) -> Iterator[bytes]:
    """Walk the blocks and the sub-blocks of extensions (GIF89a, sections 17 to 27)."""
    at = 13 + _colour_table(data[10:11])
    while at < len(data) and (kind := data[at : at + 1]) != b";":
        yield kind
        if kind == b"!":
            at += 2
            while at < len(data) and data[at]:
                yield kind
                at += data[at] + 1
            at += 1
        elif kind == GIF_IMAGE:
            at += 11 + _colour_table(data[at + 9 : at + 10])
            while at < len(data) and data[at]:
                at += data[at] + 1
            at += 1
        else:
            at += 1


def _colour_table(flags: bytes) -> int:
    """Return the size in bytes of the colour table that the flags declare."""
    return 3 << ((flags[0] & 7) + 1) if flags and flags[0] & 0x80 else 0


_WALKS: dict[str, Callable[[bytes], Iterator[bytes]]] = {"jpeg": _jpeg, "png": _png, "gif": _gif}
