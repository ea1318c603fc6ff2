"""AVIF and HEIC as boxes, with recomputed lengths."""

from __future__ import annotations

import struct

from tools.parts.part import Part, Parts

# The boxes that hold boxes, and what stands before those (ISO/IEC 14496-12; 23008-12).
_HOLDERS = {b"meta": 4, b"iprp": 0, b"ipco": 0, b"moov": 0, b"trak": 0, b"mdia": 0, b"minf": 0, b"stbl": 0}


def split(data: bytes) -> Parts:
    """Return the boxes of an AVIF or HEIC file, those within others between their opening and its end."""
    parts, at = Parts(), 0
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        end = at + size if 8 <= size <= len(data) - at else len(data)
        body = data[at + 8 : end]
        if kind in _HOLDERS:
            head = _HOLDERS[kind]
            parts += [Part(b"(" + kind, body[:head]), *split(body[head:]), Part(b")", b"")]
        else:
            parts.append(Part(kind, body))
        at = end
    return parts


def join(parts: Parts) -> bytes:
    """Return an AVIF or HEIC file of these boxes, with the lengths of what they hold."""
    levels: list[tuple[bytes, bytes]] = [(b"", b"")]
    for each in parts:
        if each.kind.startswith(b"("):
            levels.append((each.kind[1:], each.content))
            continue
        if each.kind == b")" and len(levels) > 1:
            kind, content = levels.pop()
        elif each.kind == b")":
            continue
        else:
            kind, content = each.kind, each.content
        holder, before = levels[-1]
        levels[-1] = holder, before + struct.pack(">L", len(content) + 8) + kind + content
    while len(levels) > 1:
        kind, content = levels.pop()
        holder, before = levels[-1]
        levels[-1] = holder, before + struct.pack(">L", len(content) + 8) + kind + content
    return levels[0][1]
