"""PNG as chunks, with recomputed lengths and checksums."""

from __future__ import annotations

import struct
import zlib

from tools.parts.part import Part, Parts


def split(data: bytes) -> Parts:
    """Return the chunks."""
    parts, at = [], 8
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4])
        parts.append(Part(data[at + 4 : at + 8], data[at + 8 : at + 8 + size]))
        at += 12 + size
    return parts


def join(parts: Parts) -> bytes:
    """Return a PNG file of these chunks."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(each.content)) + each.kind + each.content + _checksum(each) for each in parts
    )


def _checksum(part: Part) -> bytes:
    return struct.pack(">L", zlib.crc32(part.kind + part.content))
