"""JPEG as segments, with recomputed lengths."""

from __future__ import annotations

import struct

from tools.parts.part import Part, Parts


def split(data: bytes) -> Parts:
    """Return the segments; a scan's data belongs to its header."""
    parts, at = [], 2
    while at + 4 <= len(data):
        size = int.from_bytes(data[at + 2 : at + 4])
        end = at + 2 + size
        if data[at + 1] == 0xDA:
            while end + 1 < len(data) and (data[end] != 0xFF or data[end + 1] in (0, *range(0xD0, 0xD8))):
                end += 1
        parts.append(Part(data[at : at + 2] + data[at + 2 : at + 4], data[at + 4 : end]))
        at = end
    return parts


def join(parts: Parts) -> bytes:
    """Return a JPEG file of these segments; that of a scan keeps its header's length."""
    made = b"\xff\xd8"
    for each in parts:
        marker, size = each.kind[:2], each.kind[2:4]
        made += marker + (
            size if marker == b"\xff\xda" else struct.pack(">H", min(65535, len(each.content) + 2))
        )
        made += each.content
    return made + b"\xff\xd9"
