"""Read the frames of an animated PNG (PNG, third edition, sections 4.10 and 11.3.6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import pack, unpack

from core.errors import DamagedPhoto
from core.photo.containers import Chunk
from core.photo.reading.canvas import Disposal

_DISPOSALS = (Disposal.KEEP, Disposal.CLEAR, Disposal.RESTORE)
_CONTROL = ">IIIIIHHBB"
_CONTROL_BYTES, _NUMBER_BYTES = 26, 4
# The denominator of a delay that declares 0.
_HUNDREDTHS = 100


@dataclass
class Frame:
    """A frame: its position, duration, disposal and blending, and its compressed pixels."""

    size: tuple[int, int]
    at: tuple[int, int]
    duration_ms: float
    disposal: Disposal
    over: bool
    pixels: list[bytes] = field(default_factory=list)


def declared(control: bytes) -> tuple[int, int]:
    """Return the numbers of frames and of plays that an ``acTL`` chunk declares; 0 if there is none."""
    if len(control) < 8:
        return 0, 0
    frames, plays = unpack(">II", control[:8])
    return (frames, plays) if frames < 2**31 else (0, 0)


def frames(data: bytes, chunks: list[Chunk], count: int) -> list[Frame]:
    """Return the frames.

    Raises:
        DamagedPhoto: Frames are missing, surplus, out of order or larger than the canvas.
    """
    canvas = unpack(">II", data[16:24])
    found: list[Frame] = []
    number = 0
    for chunk in chunks:
        body = data[chunk.start + 8 : chunk.end - 4]
        if chunk.kind in (b"fcTL", b"fdAT"):
            if int.from_bytes(body[:_NUMBER_BYTES]) != number:
                raise DamagedPhoto("The PNG animation is damaged: its parts are out of order.")
            number += 1
        if chunk.kind == b"fcTL":
            found.append(_frame(body, canvas))
        elif chunk.kind == b"fdAT" and found:
            found[-1].pixels.append(body[_NUMBER_BYTES:])
        elif chunk.kind == b"IDAT" and found:
            found[-1].pixels.append(body)
    if len(found) != count:
        raise DamagedPhoto(f"The PNG animation declares {count:,} pictures, but holds {len(found):,}.")
    return found


def _frame(control: bytes, canvas: tuple[int, int]) -> Frame:
    if len(control) != _CONTROL_BYTES:
        raise DamagedPhoto("The PNG animation is damaged: a picture's place is missing.")
    _, width, height, left, top, over, under, disposal, blend = unpack(_CONTROL, control)
    if not width or not height or left + width > canvas[0] or top + height > canvas[1]:
        raise DamagedPhoto("The PNG animation is damaged: a picture is larger than the canvas.")
    if disposal >= len(_DISPOSALS):
        raise DamagedPhoto("The PNG animation is damaged: what becomes of a picture is not defined.")
    duration = 1000 * over / (under or _HUNDREDTHS)
    return Frame((width, height), (left, top), duration, _DISPOSALS[disposal], blend == 1)


def still(frame: Frame, header: bytes) -> tuple[bytes, list[bytes]]:
    """Return the header chunk, and the pixel chunk in parts, of a PNG that holds only this frame.

    The pixel chunk's CRC is not checked, since zlib has its own checksum; the header's must be correct.
    """
    from zlib import crc32

    head = b"IHDR" + pack(">II", *frame.size) + header[8:13]
    length = sum(map(len, frame.pixels))
    return pack(">I", 13) + head + pack(">I", crc32(head)), [
        pack(">I", length) + b"IDAT",
        *frame.pixels,
        bytes(4),
    ]
