"""Photo files written by hand, in their specifications' terms: the fields are given, the pixels are known."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence

W = H = 16
LEFT, RIGHT = (4, 4), (12, 4)


def packed(values: Iterable[int], bits: int) -> bytes:
    """Return samples of this many bits, first bit first, filled up to a whole byte."""
    text = "".join(f"{value:0{bits}b}" for value in values)
    text += "0" * (-len(text) % 8)
    return int("1" + text, 2).to_bytes(len(text) // 8 + 1)[1:]


def halves(left: bytes, right: bytes) -> list[bytes]:
    """Return rows of 16 pixels: eight of one kind, eight of another."""
    return [left * 8 + right * 8] * H


# PNG, third edition
def chunk(kind: bytes, data: bytes, *, sound: bool = True) -> bytes:
    crc = zlib.crc32(kind + data) ^ (0 if sound else 1)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def png(
    depth: int, kind: int, rows: Sequence[bytes], *chunks: bytes, size: tuple[int, int] = (W, H)
) -> bytes:
    head = struct.pack(">IIBBBBB", *size, depth, kind, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    parts = [chunk(b"IHDR", head), *chunks, chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def u16(*values: int) -> bytes:
    return struct.pack(f">{len(values)}H", *values)


def iccp(profile: bytes) -> bytes:
    return chunk(b"iCCP", b"x\0\0" + zlib.compress(profile))


def gama(gamma: float) -> bytes:
    return chunk(b"gAMA", struct.pack(">I", round(gamma * 100_000)))


def chrm(*points: float) -> bytes:
    return chunk(b"cHRM", struct.pack(">8I", *(round(each * 100_000) for each in points)))


def cicp(primaries: int, transfer: int, matrix: int = 0, full: int = 1) -> bytes:
    return chunk(b"cICP", bytes((primaries, transfer, matrix, full)))


Control = tuple[int, int, int, int, int, int, int]


def apng(
    frames: Sequence[tuple[int, int, bytes, int, int]], plays: int = 0, *, count: int | None = None
) -> bytes:
    """Frames are (left, width, RGBA, dispose, blend), all as high as the canvas and 0.1 s long."""
    parts = [chunk(b"IHDR", struct.pack(">IIBBBBB", W, H, 8, 6, 0, 0, 0))]
    parts.append(chunk(b"acTL", struct.pack(">II", len(frames) if count is None else count, plays)))
    number = 0
    for at, (left, width, pixel, dispose, blend) in enumerate(frames):
        parts.append(
            chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, width, H, left, 0, 1, 10, dispose, blend))
        )
        data = zlib.compress((b"\0" + pixel * width) * H)
        parts.append(chunk(b"fdAT", struct.pack(">I", number + 1) + data) if at else chunk(b"IDAT", data))
        number += 2 if at else 1
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")


# GIF89a
GIF_COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255))


def gif(
    frames: Sequence[tuple[tuple[int, int, int, int], int, int, int | None]],
    *,
    loop: int | None = None,
    background: int = 0,
    hundredths: int = 10,
) -> bytes:
    """Frames are ((left, top, width, height), index, disposal, transparent index)."""
    out = b"GIF89a" + struct.pack("<HHBBB", W, H, 0xF1, background, 0) + b"".join(map(bytes, GIF_COLOURS))
    if loop is not None:
        out += b"!\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<H", loop) + b"\0"
    for place, index, disposal, clear in frames:
        flags = disposal << 2 | (clear is not None)
        out += b"!\xf9\x04" + struct.pack("<BHBB", flags, hundredths, clear or 0, 0)
        out += b"," + struct.pack("<HHHHB", *place, 0) + _lzw([index] * place[2] * place[3])
    return out + b";"


def _lzw(indices: Sequence[int]) -> bytes:
    """Write the indices as they are, with a clear code before the codes get longer."""
    codes = [
        code for at, index in enumerate(indices) for code in ((256, index) if at % 250 == 0 else (index,))
    ]
    text = "".join(f"{code:09b}"[::-1] for code in (*codes, 257))
    text += "0" * (-len(text) % 8)
    data = bytes(int(text[at : at + 8][::-1], 2) for at in range(0, len(text), 8))
    blocks = (data[at : at + 255] for at in range(0, len(data), 255))
    return b"\x08" + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


# TIFF 6.0
TIFF_FORMATS = {1: "B", 2: "B", 3: "H", 4: "L"}
Fields = Mapping[int, tuple[int, Sequence[int]]]


def tiff(fields: Fields, strips: Sequence[bytes], order: str = "<", below: bytes = b"") -> bytes:
    """Write one directory; ``below`` is another file's, whose offsets are right behind this one's header."""
    out = bytearray((b"II*\0" if order == "<" else b"MM\0*") + bytes(4) + below)

    def add(data: bytes) -> int:
        at = len(out)
        out.extend(data + bytes(len(data) & 1))
        return at

    tiled = 322 in fields
    offsets = [add(strip) for strip in strips]
    fields = {
        **fields,
        (324 if tiled else 273): (4, offsets),
        (325 if tiled else 279): (4, [*map(len, strips)]),
    }
    table = struct.pack(order + "H", len(fields))
    for tag in sorted(fields):
        kind, values = fields[tag]
        raw = struct.pack(f"{order}{len(values)}{TIFF_FORMATS[kind]}", *values)
        cell = raw.ljust(4, b"\0") if len(raw) <= 4 else struct.pack(order + "L", add(raw))
        table += struct.pack(order + "HHL", tag, kind, len(values)) + cell
    struct.pack_into(order + "L", out, 4, add(table + bytes(4)))
    return bytes(out)


def tags(bits: int, samples: int, photometric: int, **more: tuple[int, Sequence[int]]) -> dict:
    """Return the fields of a picture in one strip, and ``more`` by their numbers, as ``_338=(3, [2])``."""
    return {
        256: (3, [W]),
        257: (3, [H]),
        258: (3, [bits] * samples),
        259: (3, [1]),
        262: (3, [photometric]),
        277: (3, [samples]),
        278: (3, [H]),
        **{int(key[1:]): value for key, value in more.items()},
    }


# BMP
def bmp(
    bits: int,
    rows: Sequence[bytes] | bytes,
    *,
    compression: int = 0,
    palette: bytes = b"",
    header: int = 40,
    masks: Sequence[int] = (),
    down: bool = False,
) -> bytes:
    """``rows`` are those of the file in its order, or compressed data."""
    data = rows if isinstance(rows, bytes) else b"".join(row + bytes(-len(row) % 4) for row in rows)
    if header == 12:
        info = struct.pack("<IHHHH", header, W, H, 1, bits)
    else:
        info = struct.pack(
            "<IiiHHIIiiII",
            header,
            W,
            -H if down else H,
            1,
            bits,
            compression,
            len(data),
            1,
            1,
            len(palette) // 4,
            0,
        )
        behind = b"".join(struct.pack("<I", mask) for mask in masks)
        info = (info + behind).ljust(header, b"\0")
    start = 14 + len(info) + len(palette)
    return b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start) + info + palette + data


# ISO media
def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body
