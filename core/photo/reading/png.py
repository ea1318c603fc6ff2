"""Read PNG and its animations; only chunks that affect the pixels are read.

The transparent colour (``tRNS``) is compared at the file's own bit depth. An ancillary chunk with a wrong CRC
is ignored; a critical chunk with a wrong CRC makes the file damaged.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import islice

from PIL import ImageChops
from PIL.Image import Image, frombytes, merge
from PIL.PngImagePlugin import PngImageFile

from core.errors import DamagedPhoto, UnsupportedFormat
from core.photo import containers, limits
from core.photo.containers import Chunk
from core.photo.reading import Source, apng, loaded
from core.photo.reading.canvas import Canvas
from core.photo.reading.joined import joined
from core.photo.reading.png_colours import CHUNKS as COLOUR_CHUNKS
from core.photo.reading.png_colours import Colours
from core.photo.reading.png_rows import check_rows

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GRAY, _COLOUR, _PALETTE, _GRAY_ALPHA = 0, 2, 3, 4
_CRITICAL = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
_ANCILLARY = 0x20  # a bit of the chunk type's first letter
# Pillow's raw mode that reads the second, lower byte of each sample.
_LOWER_BYTES = "RGB;16L"


def open(data: bytes) -> PngSource:
    """Read the header, and choose the chunks."""
    chunks = list(islice(containers.png_chunks(data), limits.MAX_PARTS))
    if chunks and chunks[0].kind == b"CgBI":
        raise UnsupportedFormat(
            "The file is a PNG changed by Apple's Xcode (CgBI), which is not accepted; send the original."
        )
    _check(chunks, data[16:29])
    return PngSource(data, chunks)


def _check(chunks: list[Chunk], header: bytes) -> None:
    """Check the header and the critical chunks (PNG, third edition, sections 5.4 and 11.2.1).

    Raises:
        UnsupportedFormat: A critical chunk is unknown, so that the pixels can't be understood.
        DamagedPhoto: The header is missing, repeated, or has values that are not defined.
    """
    kinds = [each.kind for each in chunks]
    if kinds[:1] != [b"IHDR"] or kinds.count(b"IHDR") > 1:
        raise DamagedPhoto("The PNG file is damaged: it does not have exactly one header.")
    compression, filtering, interlacing = header[10:13].ljust(3, b"\0")
    if compression or filtering or interlacing > 1:
        raise DamagedPhoto("The PNG file is damaged: its compression, filter or interlacing is not defined.")
    if any(not kind[0] & _ANCILLARY for kind in _before_pixels(chunks) - _CRITICAL):
        raise UnsupportedFormat(
            "PNG files with critical chunks of an unknown kind are not accepted; save it as a plain PNG."
        )


class PngSource(Source):
    """An open PNG file."""

    image: PngImageFile

    def __init__(self, data: bytes, chunks: list[Chunk]) -> None:
        self._data, self._chunks = data, chunks
        self._header = data[16:29].ljust(13, b"\0")
        self._depth, kind = self._header[8], self._header[9]
        self._ancillary = _ancillary(data, chunks, palette=kind == _PALETTE)
        transparent = self._ancillary.get(b"tRNS")
        self._key = _key(transparent or b"", self._depth, kind)
        self._end = self._parts(b"IEND")
        self._shared = self._parts(b"PLTE", *((b"tRNS",) if transparent and kind == _PALETTE else ()))
        super().__init__(self._opened(self._parts(b"IHDR"), self._parts(b"IDAT")))
        # Without an entry, Pillow looks for one behind the pixels and decodes them.
        self.image.info["exif"] = b"Exif\0\0" + self._ancillary.get(b"eXIf", b"")
        colours = Colours(self._ancillary, gray=kind in (_GRAY, _GRAY_ALPHA))
        self.profile, self._narrow = colours.profile(), colours.narrow
        self._count, self.plays = apng.declared(self._ancillary.get(b"acTL", b""))
        self._first_is_apart = b"fcTL" not in _before_pixels(chunks)
        if self._key and self._depth == 16:  # the key is compared with both bytes of every sample
            self.piece = 12 * self.size[0] * self.size[1]
        if self._count:
            self.frames = self._count + self._first_is_apart

    @property
    def opaque(self) -> bool:
        """Whether the header rules out transparency."""
        return super().opaque and b"tRNS" not in self._ancillary

    @property
    def reducible(self) -> bool:
        """Whether the decoded picture's pixels can be averaged: not where one colour means transparent."""
        return super().reducible and not self._key

    def picture(self) -> Image:
        """Decode the picture; for an animation, the fallback picture for viewers without animation."""
        header, pixels = self._parts(b"IHDR"), self._parts(b"IDAT")
        image = loaded(self.image)
        check_rows(image, self._header, [each[8:-4] for each in pixels])
        return self._with_alpha(image, header, pixels)

    def pictures(self) -> Iterator[tuple[Image, float]]:
        """Decode and yield the frames as shown; a fallback picture that is not a frame is left out."""
        canvas = Canvas(self.size)
        for frame in apng.frames(self._data, self._chunks, self._count):
            header, pixels = apng.still(frame, self._header)
            image = loaded(self._opened([header], pixels))
            check_rows(image, self._header, frame.pixels)
            picture = self._with_alpha(image, [header], pixels).convert("RGBA")
            yield canvas.show(picture, frame.at, frame.disposal, over=frame.over), frame.duration_ms

    def _parts(self, *kinds: bytes) -> list[memoryview]:
        whole = memoryview(self._data)
        return [
            whole[each.start : each.end]
            for each in self._chunks
            if each.kind in kinds and (not each.kind[0] & _ANCILLARY or _is_sound(self._data, each))
        ]

    def _opened(
        self, header: Iterable[bytes | memoryview], pixels: Iterable[bytes | memoryview]
    ) -> PngImageFile:
        return PngImageFile(joined([_SIGNATURE, *header, *self._shared, *pixels, *self._end]))

    def _with_alpha(
        self,
        image: PngImageFile,
        header: list[memoryview] | list[bytes],
        pixels: list[memoryview] | list[bytes],
    ) -> Image:
        """Return a decoded picture with its transparency, in full range."""
        picture: Image = image
        if self._key and self._depth < 16:
            scaled = tuple(each * 255 // (2**self._depth - 1) for each in self._key)
            image.info["transparency"] = scaled if len(scaled) > 1 else scaled[0]
        elif self._key and image.mode == "RGB":
            lower = self._opened(header, pixels)
            lower.tile = [each._replace(args=_LOWER_BYTES) for each in lower.tile]
            bands = image.split()
            picture = merge("RGBA", (*bands, _alpha(bands, loaded(lower).split(), self._key)))
        elif self._key:
            raw = image.tobytes()
            upper, low = (frombytes("L", image.size, raw[at::2]) for at in (1, 0))
            picture = merge("LA", (upper, _alpha((upper,), (low,), self._key)))
        return _widened(picture) if self._narrow else picture


def _is_sound(data: bytes, chunk: Chunk) -> bool:
    """Return whether the chunk's CRC is correct."""
    content = memoryview(data)[chunk.start + 4 : chunk.end - 4]
    return zlib.crc32(content) == int.from_bytes(data[chunk.end - 4 : chunk.end])


def _ancillary(data: bytes, chunks: list[Chunk], *, palette: bool) -> dict[bytes, bytes]:
    """Return the contents of the chunks that are read, by kind: the first sound one in its proper place.

    All belong before the pixels, colours also before the palette, and a palette's opacity behind it.
    """
    found: dict[bytes, bytes] = {}
    palette_seen = False
    for each in chunks:
        if each.kind == b"IDAT":
            break
        palette_seen |= each.kind == b"PLTE"
        places = {b"tRNS": palette_seen or not palette, b"eXIf": True, b"acTL": True}
        places |= dict.fromkeys(COLOUR_CHUNKS, not palette_seen)
        if each.kind not in found and places.get(each.kind) and _is_sound(data, each):
            found[each.kind] = data[each.start + 8 : each.end - 4]
    return found


def _before_pixels(chunks: list[Chunk]) -> set[bytes]:
    kinds = [each.kind for each in chunks]
    return set(kinds[: kinds.index(b"IDAT")] if b"IDAT" in kinds else kinds)


def _key(transparent: bytes, depth: int, kind: int) -> tuple[int, ...]:
    """Return the samples of the transparent colour; none where the palette has its own alpha."""
    count = {_GRAY: 1, _COLOUR: 3}.get(kind, 0)
    if not count or len(transparent) < 2 * count:
        return ()
    mask = 2**depth - 1  # bits above the depth are ignored
    return tuple(int.from_bytes(transparent[2 * at : 2 * at + 2]) & mask for at in range(count))


def _alpha(upper: Iterable[Image], lower: Iterable[Image], key: tuple[int, ...]) -> Image:
    """Return 0 where all samples equal the key, and 255 elsewhere."""
    masks = []
    for high, low, sample in zip(upper, lower, key, strict=True):
        masks.append(high.point([255 * (value != sample >> 8) for value in range(256)]))
        masks.append(low.point([255 * (value != sample & 255) for value in range(256)]))
    return reduce(ImageChops.lighter, masks)


def _widened(picture: Image) -> Image:
    """Expand samples of the narrow range, 16 to 235, to 0 to 255 (ITU-T H.273, 8.3)."""
    table = [min(255, max(0, round((value - 16) * 255 / 219))) for value in range(256)]
    if picture.mode == "I;16":
        picture = frombytes("L", picture.size, picture.tobytes()[1::2])
    whole = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    colours = whole.convert("RGB").point(table * 3)
    if whole.mode == "RGBA":
        colours.putalpha(whole.getchannel("A"))
    return colours
