"""GIF as blocks."""

from __future__ import annotations

from tools.parts.part import Part, Parts


def split(data: bytes) -> Parts:
    """Return the header with its colours, the extensions, and the pictures."""

    def table(flags: int) -> int:
        return 3 << ((flags & 7) + 1) if flags & 0x80 else 0

    def blocks(at: int) -> int:
        while at < len(data) and data[at]:
            at += data[at] + 1
        return at + 1

    at = 13 + table(data[10])
    parts = [Part(b"", data[:at])]
    while at < len(data) and data[at : at + 1] != b";":
        begin = at
        if data[at : at + 1] == b"!":
            at = blocks(at + 2)
        elif at + 10 <= len(data):
            at = blocks(at + 11 + table(data[at + 9]))
        else:
            break
        parts.append(Part(data[begin : begin + 1], data[begin + 1 : at]))
    return parts


def join(parts: Parts) -> bytes:
    """Return a GIF file of these blocks."""
    return b"".join(each.kind + each.content for each in parts) + b";"
