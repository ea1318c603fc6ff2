"""Take files apart after their formats and put them together again, so that changed ones stay well-formed.

Each format's file becomes a list of parts, of which only the kind and the content are changed; lengths,
checksums and offsets are made anew.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

# Values at which counters, lengths and signs go wrong, in as many bytes as they take.
EDGES = (
    0,
    1,
    2,
    7,
    8,
    16,
    0x7F,
    0x80,
    0xFF,
    0x100,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x10000,
    2**31 - 1,
    2**31,
    2**32 - 1,
)


@dataclass(frozen=True)
class Part:
    """A part of a file: its kind, as its format writes that, and its content."""

    kind: bytes
    content: bytes


Parts = list[Part]


def png(data: bytes) -> Parts:
    """Return the chunks."""
    parts, at = [], 8
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4])
        parts.append(Part(data[at + 4 : at + 8], data[at + 8 : at + 8 + size]))
        at += 12 + size
    return parts


def join_png(parts: Parts) -> bytes:
    """Return a PNG file of these chunks."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(each.content)) + each.kind + each.content + _checksum(each) for each in parts
    )


def _checksum(part: Part) -> bytes:
    return struct.pack(">L", zlib.crc32(part.kind + part.content))


def jpeg(data: bytes) -> Parts:
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


def join_jpeg(parts: Parts) -> bytes:
    """Return a JPEG file of these segments; that of a scan keeps its header's length."""
    made = b"\xff\xd8"
    for each in parts:
        marker, size = each.kind[:2], each.kind[2:4]
        made += marker + (
            size if marker == b"\xff\xda" else struct.pack(">H", min(65535, len(each.content) + 2))
        )
        made += each.content
    return made + b"\xff\xd9"


def gif(data: bytes) -> Parts:
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


def join_gif(parts: Parts) -> bytes:
    """Return a GIF file of these blocks."""
    return b"".join(each.kind + each.content for each in parts) + b";"


def riff(data: bytes) -> Parts:
    """Return the chunks of a WebP file."""
    parts, at = [], 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        parts.append(Part(data[at : at + 4], data[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return parts


def join_riff(parts: Parts) -> bytes:
    """Return a WebP file of these chunks."""
    body = b"".join(
        each.kind + struct.pack("<L", len(each.content)) + each.content + bytes(len(each.content) % 2)
        for each in parts
    )
    return b"RIFF" + struct.pack("<L", len(body) + 4) + b"WEBP" + body


# The boxes that hold boxes, and what stands before those (ISO/IEC 14496-12; 23008-12).
_HOLDERS = {b"meta": 4, b"iprp": 0, b"ipco": 0, b"moov": 0, b"trak": 0, b"mdia": 0, b"minf": 0, b"stbl": 0}


def iso(data: bytes) -> Parts:
    """Return the boxes of an AVIF or HEIC file, those within others between their opening and its end."""
    parts, at = Parts(), 0
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        end = at + size if 8 <= size <= len(data) - at else len(data)
        body = data[at + 8 : end]
        if kind in _HOLDERS:
            head = _HOLDERS[kind]
            parts += [Part(b"(" + kind, body[:head]), *iso(body[head:]), Part(b")", b"")]
        else:
            parts.append(Part(kind, body))
        at = end
    return parts


def join_iso(parts: Parts) -> bytes:
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


_TIFF_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_STRIPS, _STRIP_BYTES = 273, 279


def tiff(data: bytes) -> Parts:
    """Return the entries of the first directory of a little-endian TIFF, and the bytes of its strips."""
    (at,) = struct.unpack_from("<L", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    parts, where = Parts(), dict[int, tuple[int, ...]]()
    for number in range(count):
        entry = data[at + 2 + 12 * number : at + 14 + 12 * number]
        tag, kind, values = struct.unpack_from("<HHL", entry)
        size = _TIFF_BYTES.get(kind, 1) * values
        start = struct.unpack_from("<L", entry, 8)[0] if size > 4 else at + 10 + 12 * number
        content = data[start : start + size]
        if tag in (_STRIPS, _STRIP_BYTES):
            where[tag] = struct.unpack(f"<{values}{'H' if kind == 3 else 'L'}", content)
        else:
            parts.append(Part(entry[:4], content))
    pieces = zip(where.get(_STRIPS, ()), where.get(_STRIP_BYTES, ()), strict=False)
    return [*parts, *(Part(b"strip", data[start : start + size]) for start, size in pieces)]


def join_tiff(parts: Parts) -> bytes:
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
        size = _TIFF_BYTES.get(struct.unpack("<H", each.kind[2:])[0], 1)
        directory += each.kind + struct.pack("<L", len(each.content) // size)
        if len(each.content) <= 4:
            directory += each.content.ljust(4, b"\0")
        else:
            directory += struct.pack("<L", behind + len(more))
            more += each.content + bytes(len(each.content) % 2)
    head = b"II*\0" + struct.pack("<L", begin) + body
    return head + struct.pack("<H", len(entries)) + directory + bytes(4) + more


FORMATS: dict[str, tuple[Callable[[bytes], Parts], Callable[[Parts], bytes]]] = {
    "png": (png, join_png),
    "jpeg": (jpeg, join_jpeg),
    "gif": (gif, join_gif),
    "webp": (riff, join_riff),
    "avif": (iso, join_iso),
    "heic": (iso, join_iso),
    "tiff": (tiff, join_tiff),
}


def mutated(data: bytes, name: str, chance: Random, other: bytes = b"") -> bytes:
    """Return a file of this format with some parts changed, doubled, moved, left out or from another."""
    split, join = FORMATS[name]
    parts = split(data)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        if not parts:
            break
        at = chance.randrange(len(parts))
        change = chance.randrange(8)
        if change < 4:
            parts[at] = replace(parts[at], content=_edited(parts[at].content, chance))
        elif change == 4:
            parts[at:at] = [parts[at]] * chance.choice((1, 2, 200))
        elif change == 5:
            parts.insert(chance.randrange(len(parts)), parts.pop(at))
        elif change == 6:
            del parts[at]
        elif theirs := split(other) if other else parts:
            parts.insert(at, chance.choice(theirs))
    return join(parts)


def _edited(content: bytes, chance: Random) -> bytes:
    """Return the content with a number in it set to an edge, cut, or longer."""
    changed = bytearray(content)
    at = (
        chance.randrange(len(changed))
        if changed and chance.random() < 0.5
        else chance.randrange(min(24, len(changed)) or 1)
    )
    change = chance.randrange(6)
    if change < 4:
        size = chance.choice((1, 2, 4))
        value = chance.choice(EDGES) & (256**size - 1)
        changed[at : at + size] = value.to_bytes(size, chance.choice(("big", "little")))
    elif change == 4:
        del changed[at:]
    else:
        changed += chance.randbytes(chance.choice((1, 16, 300)))
    return bytes(changed)
