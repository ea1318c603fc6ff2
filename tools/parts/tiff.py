"""TIFF as the entries of its first directory and its strips, with recomputed offsets."""

from __future__ import annotations

import struct

from tools.parts.part import Part, Parts

_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_STRIPS, _STRIP_BYTES = 273, 279


def split(data: bytes) -> Parts:
    """Return the entries of the first directory of a little-endian TIFF, and the bytes of its strips."""
    (at,) = struct.unpack_from("<L", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    parts, where = Parts(), dict[int, tuple[int, ...]]()
    for number in range(count):
        entry = data[at + 2 + 12 * number : at + 14 + 12 * number]
        tag, kind, values = struct.unpack_from("<HHL", entry)
        size = _BYTES.get(kind, 1) * values
        start = struct.unpack_from("<L", entry, 8)[0] if size > 4 else at + 10 + 12 * number
        content = data[start : start + size]
        if tag in (_STRIPS, _STRIP_BYTES):
            where[tag] = struct.unpack(f"<{values}{'H' if kind == 3 else 'L'}", content)
        else:
            parts.append(Part(entry[:4], content))
    pieces = zip(where.get(_STRIPS, ()), where.get(_STRIP_BYTES, ()), strict=False)
    return [*parts, *(Part(b"strip", data[start : start + size]) for start, size in pieces)]


def join(parts: Parts) -> bytes:
    """Return a little-endian TIFF of these entries and strips."""
    strips = [each.content for each in parts if each.kind == b"strip"]
    body, offsets = b"", []
    for strip in strips:
        offsets.append(8 + len(body))
        body += strip + bytes(len(strip) % 2)
    longs = {_STRIPS: offsets, _STRIP_BYTES: [len(each) for each in strips]}
    entries = [each for each in parts if len(each.kind) == 4]
    entries += [
        Part(struct.pack("<HH", tag, 4), struct.pack(f"<{len(values)}L", *values))
        for tag, values in longs.items()
    ]
    directory, more = b"", b""
    begin = 8 + len(body)
    behind = begin + 2 + 12 * len(entries) + 4
    for each in sorted(entries, key=lambda each: struct.unpack("<H", each.kind[:2])):
        size = _BYTES.get(struct.unpack("<H", each.kind[2:])[0], 1)
        directory += each.kind + struct.pack("<L", len(each.content) // size)
        if len(each.content) <= 4:
            directory += each.content.ljust(4, b"\0")
        else:
            directory += struct.pack("<L", behind + len(more))
            more += each.content + bytes(len(each.content) % 2)
    head = b"II*\0" + struct.pack("<L", begin) + body
    return head + struct.pack("<H", len(entries)) + directory + bytes(4) + more
