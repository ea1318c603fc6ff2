"""Files that common writers do not make but readers must handle, built from their specifications."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image


def tiff(
    size: tuple[int, int],
    samples: int,
    bits: int,
    piece: tuple[int, int] | None = None,
    *,
    planar: bool = False,
    big_endian: bool = False,
) -> bytes:
    """Return a deflated TIFF of gray, RGB, RGBA or CMYK and alpha (1, 3, 4, 5 ``samples``).

    It is one strip, or tiles of ``piece``.

    The samples are a pattern of bytes; see TIFF 6.0, sections 8 and 15.
    """
    order, (width, height) = ">" if big_endian else "<", size
    tall, wide = (piece[1], piece[0]) if piece else (height, width)
    count = -(-width // wide) * -(-height // tall) * (samples if planar else 1)
    row = -(-wide * (1 if planar else samples) * bits // 8)
    pattern = bytes(range(256)) * (row // 256 + 1)
    packer = zlib.compressobj(1)
    data = b"".join(packer.compress(pattern[at % 7 : at % 7 + row]) for at in range(tall)) + packer.flush()
    entries: dict[int, tuple[int, ...]] = {
        256: (width,),
        257: (height,),
        258: (bits,) * samples,
        259: (8,),
        262: ({1: 1, 2: 1, 5: 5}.get(samples, 2),),
        277: (samples,),
        284: (2 if planar else 1,),
        **({322: (wide,), 323: (tall,)} if piece else {278: (tall,)}),
        **({338: (2,)} if samples in (2, 4, 5) else {}),
    }
    where, lengths = ((324, 325) if piece else (273, 279)), (len(data),) * count
    fixed = 8 + 2 + 12 * (len(entries) + 2) + 4
    entries |= {where[0]: (0,) * count, where[1]: lengths}
    longs = sum(4 * len(values) for values in entries.values() if len(values) > 1)
    entries[where[0]] = (fixed + longs,) * count  # all pieces are the same bytes
    directory, more = b"", b""
    for tag, values in sorted(entries.items()):
        packed = struct.pack(f"{order}{len(values)}L", *values)
        if len(values) > 1:
            directory += struct.pack(f"{order}HHLL", tag, 4, len(values), fixed + len(more))
            more += packed
        else:
            directory += struct.pack(f"{order}HHL", tag, 4, 1) + packed
    head = (b"MM\0*" if big_endian else b"II*\0") + struct.pack(f"{order}LH", 8, len(entries))
    return head + directory + bytes(4) + more + data


def jpeg_with_a_scan_for_each_component(planes: tuple[Image.Image, ...]) -> bytes:
    """Return a baseline JPEG of these gray pictures as its components (ITU-T T.81, annex B.2.3)."""
    files = []
    for plane in planes:
        file = BytesIO()
        plane.save(file, "JPEG", quality=80)
        files.append(file.getvalue())
    first = files[0]
    frame, scan = first.index(b"\xff\xc0"), first.index(b"\xff\xda")
    components = b"".join(bytes((number, 0x11, 0)) for number in range(1, len(planes) + 1))
    header = b"\x08" + first[frame + 5 : frame + 9] + bytes((len(planes),))
    frame_end = frame + 2 + int.from_bytes(first[frame + 2 : frame + 4])
    made = first[:frame] + b"\xff\xc0" + struct.pack(">H", 8 + len(components)) + header + components
    made += first[frame_end:scan]
    for number, each in enumerate(files, 1):
        begin = each.index(b"\xff\xda")
        made += b"\xff\xda" + struct.pack(">H", 8) + bytes((1, number, 0, 0, 63, 0)) + each[begin + 10 : -2]
    return made + b"\xff\xd9"


def png(size: tuple[int, int], depth: int, kind: int, ancillary: dict[bytes, bytes] | None = None) -> bytes:
    """Return a PNG of this bit depth and colour type, with these chunks before its pixels."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind]
    row = (
        bytes(1)
        + (bytes(range(256)) * (size[0] * samples * depth // 2048 + 1))[: -(-size[0] * samples * depth // 8)]
    )
    packer = zlib.compressobj(1)
    pixels = b"".join(packer.compress(row) for _ in range(size[1])) + packer.flush()
    chunks = {b"IHDR": struct.pack(">LLBBBBB", *size, depth, kind, 0, 0, 0), **(ancillary or {})}
    chunks |= {b"PLTE": bytes(range(256)) * 3} if kind == 3 else {}
    chunks |= {b"IDAT": pixels, b"IEND": b""}
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body))
        for name, body in chunks.items()
    )
