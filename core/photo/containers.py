"""Walk the parts a file is made of, as its reader will, but without reading them.

A few megabytes can hold millions of parts that say nothing. Pillow looks at each in Python before it decodes
a pixel, so that such a file would keep a worker busy for minutes; here they are counted first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

GIF_IMAGE = b","
_SEQUENTIAL = (0xC0, 0xC1)  # frames that are neither progressive nor lossless
_START_OF_SCAN = 0xDA


def parts(data: bytes, name: str) -> Iterator[bytes]:
    """Yield the kind of each part of a JPEG, PNG or GIF file; other formats are walked by C libraries.

    A byte out of place is a part of its own, as readers skip such bytes one by one.
    """
    return _WALKS[name](data) if name in _WALKS else iter(())


def in_one_scan(data: bytes) -> bool:
    """Tell whether a JPEG file is sequential and its first scan holds all components: decoders end there."""
    components = 0
    for at in _segments(data):
        if data[at + 1] in _SEQUENTIAL and at + 9 < len(data):
            components = data[at + 9]
        elif data[at + 1] == _START_OF_SCAN and at + 4 < len(data):
            return 0 < components == data[at + 4]
    return False


def _jpeg(data: bytes) -> Iterator[bytes]:
    return (data[at : at + 2] for at in _segments(data))


def _segments(data: bytes) -> Iterator[int]:
    """Walk the segments up to the first scan (ITU-T T.81, annex B)."""
    at = 2
    while at + 4 <= len(data):
        marker = data[at : at + 2]
        yield at
        if marker[0] != 0xFF or marker[1] in (0x00, 0xFF):
            at += 1
        elif marker[1] == _START_OF_SCAN:
            return
        elif marker[1] == 0x01 or 0xD0 <= marker[1] <= 0xD9:  # these stand alone
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4])


def _png(data: bytes) -> Iterator[bytes]:
    """Walk the chunks (PNG, third edition, section 5)."""
    at = 8
    while at + 8 <= len(data):
        yield data[at + 4 : at + 8]
        at += 12 + int.from_bytes(data[at : at + 4])


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
    """Return the size in bytes of the table that the flags announce."""
    return 3 << ((flags[0] & 7) + 1) if flags and flags[0] & 0x80 else 0


_WALKS: dict[str, Callable[[bytes], Iterator[bytes]]] = {"jpeg": _jpeg, "png": _png, "gif": _gif}
