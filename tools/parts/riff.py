"""WebP as RIFF chunks, with recomputed lengths."""

from __future__ import annotations

import struct

from tools.parts.part import Part, Parts


def split(data: bytes) -> Parts:
    """Return the chunks of a WebP file."""
    parts, at = [], 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        parts.append(Part(data[at : at + 4], data[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return parts


def join(parts: Parts) -> bytes:
    """Return a WebP file of these chunks."""
    body = b"".join(
        each.kind + struct.pack("<L", len(each.content)) + each.content + bytes(len(each.content) % 2)
        for each in parts
    )
    return b"RIFF" + struct.pack("<L", len(body) + 4) + b"WEBP" + body
