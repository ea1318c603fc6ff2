"""Read GIF, still and animated (GIF89a)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from math import prod
from struct import pack, unpack_from

from PIL.GifImagePlugin import GifImageFile
from PIL.Image import Image

from core.errors import DamagedPhoto
from core.photo.reading import Source, loaded
from core.photo.reading.canvas import Canvas, Disposal

_HEADER_BYTES, _DESCRIPTOR_BYTES = 13, 10
_IMAGE, _EXTENSION, _TRAILER = b",", b"!", b";"
_CONTROL, _APPLICATION = b"\xf9", b"\xff"
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_HAS_TABLE, _TABLE_SIZE, _INTERLACED, _HAS_CLEAR = 0x80, 0x07, 0x40, 0x01
# Encoders write 4 where they mean "previous", which is 3.
_DISPOSALS = {2: Disposal.CLEAR, 3: Disposal.RESTORE, 4: Disposal.RESTORE}


@dataclass(frozen=True)
class Frame:
    """A frame: its position, duration, disposal, transparent index, and the offsets of its bytes."""

    size: tuple[int, int]
    at: tuple[int, int]
    duration_ms: int
    disposal: Disposal
    clear: int | None
    flags: int
    table: bytes
    pixels: tuple[int, int]


def open(data: bytes) -> GifSource:
    """Read all blocks except the pixels."""
    return GifSource(data)


class GifSource(Source):
    """An open GIF file."""

    image: GifImageFile

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._frames, loop = _walk(data)
        if not self._frames:
            raise DamagedPhoto("The GIF file is damaged: it holds no picture.")
        first = self._frames[0]
        super().__init__(self._opened(first))
        canvas = unpack_from("<HH", data, 6)
        # Where the first frame exceeds the canvas, the declared canvas is wrong.
        self.size = (
            max(canvas[0], first.at[0] + first.size[0]),
            max(canvas[1], first.at[1] + first.size[1]),
        )
        self.frames = len(self._frames)
        self.plays = 1 if loop is None else loop + 1 if loop else 0
        self.tile = max((each.size for each in self._frames), key=prod)

    @property
    def opaque(self) -> bool:
        """Whether nothing is transparent: the first frame covers the canvas and has no transparent index."""
        return self._frames[0].size == self.size and self._frames[0].clear is None

    @property
    def picture_bytes(self) -> int:
        """The number of bytes per pixel: an index, or the canvas, its copy and the frame drawn on it."""
        return 1 if self._frames[0].size == self.size else 13

    def picture(self) -> Image:
        """Decode the first picture, with its palette if it covers the whole canvas."""
        first = self._frames[0]
        image = self._decoded(self.image, first)
        if first.size == self.size:
            return image
        return Canvas(self.size).show(image.convert("RGBA"), first.at, first.disposal)

    def pictures(self) -> Iterator[tuple[Image, float]]:
        """Decode and yield the frames as shown."""
        canvas = Canvas(self.size)
        for number, frame in enumerate(self._frames):
            image = self._decoded(self._opened(frame), frame)
            shown = canvas.show(image.convert("RGBA"), frame.at, frame.disposal)
            yield (image if number == 0 and frame.size == self.size else shown), frame.duration_ms

    def _opened(self, frame: Frame) -> GifImageFile:
        """Open the frame as a separate file, so that Pillow does not compose it with others."""
        flags = _HAS_TABLE | (len(frame.table) // 3).bit_length() - 2 if frame.table else 0
        header = b"GIF89a" + pack("<HHBBB", *frame.size, flags, 0, 0) + frame.table
        descriptor = _IMAGE + pack("<HHHHB", 0, 0, *frame.size, frame.flags & _INTERLACED)
        begin, end = frame.pixels
        trailer = _TRAILER if end <= len(self._data) else b""  # else the trailer would be read as pixels
        return GifImageFile(BytesIO(header + descriptor + self._data[begin:end] + trailer))

    @staticmethod
    def _decoded(image: GifImageFile, frame: Frame) -> Image:
        loaded(image)
        if frame.clear is not None:
            image.info["transparency"] = frame.clear
        return image


def _walk(data: bytes) -> tuple[list[Frame], int | None]:
    """Return the frames and the number of repetitions; 0 is endless, ``None`` is no repetition."""
    whole, at = _table(data, 10, _HEADER_BYTES)
    frames: list[Frame] = []
    loop, control = None, bytes(4)
    while at < len(data) and (kind := data[at : at + 1]) != _TRAILER:
        if kind == _EXTENSION:
            label, size = data[at + 1 : at + 2], int.from_bytes(data[at + 2 : at + 3])
            block = data[at + 3 : at + 3 + size]
            if label == _CONTROL and len(block) >= 4:
                control = block
            elif label == _APPLICATION and block in _LOOPS:
                loop = _loop(data[at + 14 : at + 18], loop)
            at = _behind_blocks(data, at + 2)
        elif kind == _IMAGE and at + _DESCRIPTOR_BYTES <= len(data):
            left, top, width, height, flags = unpack_from("<HHHHB", data, at + 1)
            table, begin = _table(data, at + 9, at + _DESCRIPTOR_BYTES)
            at = _behind_blocks(data, begin + 1)
            if width and height:  # else nothing is shown
                place = left, top, width, height
                frames.append(_frame(place, flags, table or whole, control, (begin, at)))
            control = bytes(4)
        else:
            at += 1
    return frames, loop


def _frame(
    place: tuple[int, int, int, int], flags: int, table: bytes, control: bytes, pixels: tuple[int, int]
) -> Frame:
    packed, hundredths, clear = unpack_from("<BHB", control)
    return Frame(
        size=place[2:],
        at=place[:2],
        duration_ms=10 * hundredths,
        disposal=_DISPOSALS.get(packed >> 2 & 7, Disposal.KEEP),
        clear=clear if packed & _HAS_CLEAR else None,
        flags=flags,
        table=table,
        pixels=pixels,
    )


def _loop(block: bytes, before: int | None) -> int | None:
    """Return the loop count in a sub-block of a loop extension; other sub-blocks concern buffering."""
    if len(block) == 4 and block[0] == 3 and block[1] & 7 == 1:
        return int.from_bytes(block[2:], "little")
    return before


def _table(data: bytes, flags_at: int, at: int) -> tuple[bytes, int]:
    """Return the colour table that the flags announce at ``at``, empty if there is none, and its end."""
    flags = data[flags_at] if flags_at < len(data) else 0
    size = 3 << ((flags & _TABLE_SIZE) + 1) if flags & _HAS_TABLE else 0
    return data[at : at + size], at + size


def _behind_blocks(data: bytes, at: int) -> int:
    """Skip sub-blocks up to the empty one that ends them."""
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1
