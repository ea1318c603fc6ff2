"""Read a TIFF file's directories (TIFF 6.0, section 2) without trusting them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import accumulate
from struct import calcsize, error, pack, unpack_from

# The struct format of one value, by field type; other types are not read.
_TYPES = {1: "B", 2: "B", 3: "H", 4: "L", 6: "b", 7: "B", 8: "h", 9: "l", 13: "L"}
_LONG, _BYTES = 4, 7
_HEADER_BYTES, _ENTRY_BYTES = 8, 12
_MOST_ENTRIES = 4_096
_MOST_DIRECTORIES = 64


class Tag(IntEnum):
    """The fields that are read."""

    NEW_SUBFILE_TYPE = 254
    WIDTH = 256
    LENGTH = 257
    BITS = 258
    COMPRESSION = 259
    PHOTOMETRIC = 262
    FILL_ORDER = 266
    STRIP_OFFSETS = 273
    ORIENTATION = 274
    SAMPLES = 277
    ROWS_PER_STRIP = 278
    STRIP_COUNTS = 279
    PLANAR = 284
    PREDICTOR = 317
    COLOUR_MAP = 320
    TILE_WIDTH = 322
    TILE_LENGTH = 323
    TILE_OFFSETS = 324
    TILE_COUNTS = 325
    SUB_DIRECTORIES = 330
    INK_SET = 332
    EXTRA_SAMPLES = 338
    SAMPLE_FORMAT = 339
    JPEG_TABLES = 347
    COPYRIGHT = 33_432
    ICC_PROFILE = 34_675
    DNG_VERSION = 50_706


class Directory:
    """The fields of one picture; a broken field, or one of another type, counts as missing."""

    def __init__(self, data: bytes, at: int, order: str) -> None:
        self._data, self.order = data, order
        self._fields: dict[int, tuple[int, int, int]] = {}
        (entries,) = unpack_from(f"{order}H", data, at)
        for number in range(min(entries, _MOST_ENTRIES)):
            place = at + 2 + _ENTRY_BYTES * number
            if place + _ENTRY_BYTES > len(data):
                break
            tag, kind, count = unpack_from(f"{order}HHL", data, place)
            self._fields.setdefault(tag, (kind, count, place + 8))
        link = at + 2 + _ENTRY_BYTES * entries
        (self.next,) = unpack_from(f"{order}L", data, link) if link + 4 <= len(data) else (0,)

    def __contains__(self, tag: int) -> bool:
        return tag in self._fields

    def values(self, tag: int) -> tuple[int, ...]:
        """Return the field's whole numbers; none if it is missing."""
        found = self._place(tag)
        return unpack_from(f"{self.order}{found[1]}{found[0]}", self._data, found[2]) if found else ()

    def value(self, tag: int, default: int) -> int:
        """Return the first of the field's whole numbers."""
        return (self.values(tag) or (default,))[0]

    def content(self, tag: int) -> bytes:
        """Return the field's bytes; none if it is missing."""
        found = self._place(tag)
        return self._data[found[2] : found[2] + found[1] * calcsize("=" + found[0])] if found else b""

    def _place(self, tag: int) -> tuple[str, int, int] | None:
        """Return the format, the number and the offset of the field's values."""
        kind, count, at = self._fields.get(tag, (0, 0, 0))
        packed = _TYPES.get(kind)
        if not packed or not count:
            return None
        size = count * calcsize("=" + packed)
        if size > 4:
            (at,) = unpack_from(f"{self.order}L", self._data, at)
        return (packed, count, at) if at + size <= len(self._data) else None


def first(data: bytes) -> Directory:
    """Return the first directory.

    Raises:
        struct.error: The file has none.
    """
    order = "<" if data.startswith(b"II") else ">"
    (at,) = unpack_from(f"{order}L", data, 4)
    return Directory(data, at, order)


def all_below(data: bytes, begin: Directory) -> Iterator[Directory]:
    """Yield a directory, those that follow it, and their sub-directories, where cameras store raw data."""
    waiting, seen = [begin], set[int]()
    while waiting and len(seen) < _MOST_DIRECTORIES:
        directory = waiting.pop()
        yield directory
        for at in (directory.next, *directory.values(Tag.SUB_DIRECTORIES)):
            if at and at not in seen:
                seen.add(at)
                try:
                    waiting.append(Directory(data, at, begin.order))
                except error:
                    continue


def pages(data: bytes, most: int) -> int:
    """Count the directories of the chain; stop at its end, at a cycle, or at ``most`` + 1."""
    order = "<" if data.startswith(b"II") else ">"
    seen: set[int] = set()
    (at,) = unpack_from(f"{order}L", data, 4)
    while at and at not in seen and at + 2 <= len(data) and len(seen) <= most:
        seen.add(at)
        (entries,) = unpack_from(f"{order}H", data, at)
        link = at + 2 + _ENTRY_BYTES * entries
        (at,) = unpack_from(f"{order}L", data, link) if link + 4 <= len(data) else (0,)
    return len(seen)


def written(pieces: Sequence[bytes], fields: Mapping[int, tuple[int, ...] | bytes]) -> bytes:
    """Return a TIFF file with these strips, and the fields' values as 32-bit numbers or bytes."""
    starts = list(accumulate(map(len, pieces), initial=_HEADER_BYTES))
    fields = {
        **fields,
        Tag.STRIP_OFFSETS: tuple(starts[:-1]),
        Tag.STRIP_COUNTS: tuple(map(len, pieces)),
    }
    padding = bytes(starts[-1] % 2)
    at = starts[-1] + len(padding)
    table, more = pack("<H", len(fields)), b""
    behind = at + 2 + _ENTRY_BYTES * len(fields) + 4
    for tag, value in sorted(fields.items()):
        raw = value if isinstance(value, bytes) else pack(f"<{len(value)}L", *value)
        cell = raw.ljust(4, b"\0") if len(raw) <= 4 else pack("<L", behind + len(more))
        table += pack("<HHL", tag, _BYTES if isinstance(value, bytes) else _LONG, len(value)) + cell
        more += raw + bytes(len(raw) % 2) if len(raw) > 4 else b""
    return b"".join([b"II*\0", pack("<L", at), *pieces, padding, table, bytes(4), more])
