"""Read BMP with every header from OS/2's to BITMAPV5HEADER; Pillow reads only uncompressed RGB pixels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from io import BytesIO
from math import prod
from struct import unpack_from

from PIL import ImageChops
from PIL.BmpImagePlugin import BmpImageFile
from PIL.Image import Image, Transpose, frombuffer, frombytes, merge, new

from core.errors import DamagedPhoto, UnsupportedFormat
from core.photo.reading import Source
from core.photo.reading.bmp_runs import expanded

_FILE_HEADER_BYTES, _CORE, _OS2_SHORT, _INFO, _OS2, _V3, _V4, _V5 = 14, 12, 16, 40, 64, 56, 108, 124
_ALPHA_MASK = 66
_PLAIN, _RUNS_OF_8, _RUNS_OF_4, _MASKS, _MASKS_WITH_ALPHA = 0, 1, 2, 3, 6
_RUNS = {_RUNS_OF_8: 8, _RUNS_OF_4: 4}
_OTHERS = {4: "JPEG", 5: "PNG", 11: "CMYK", 12: "CMYK", 13: "CMYK"}
_OS2_OTHERS = {3: "Huffman", 4: "RLE24"}
_INDEXED = {1: "P;1", 2: "P;2", 4: "P;4", 8: "P"}
_COLOURS = {16: (0x7C00, 0x3E0, 0x1F, 0), 24: (0xFF0000, 0xFF00, 0xFF, 0), 32: (0xFF0000, 0xFF00, 0xFF, 0)}
_EMBEDDED = b"DEBM"
_GRAYS = bytes(value for gray in range(256) for value in (gray, gray, gray))


@dataclass(frozen=True)
class Header:
    """The header of a BMP file: pixels begin at ``start``, with the top row first if ``down``."""

    size: tuple[int, int]
    down: bool
    bits: int
    compression: int
    start: int
    palette: bytes
    masks: tuple[int, ...]
    profile: bytes | None


def open(data: bytes) -> Source:
    """Read the header, and name what is not accepted."""
    header = _header(data)
    known = int.from_bytes(data[_FILE_HEADER_BYTES : _FILE_HEADER_BYTES + 4], "little") != _OS2_SHORT
    if known and header.compression == _PLAIN and header.masks[3:] == (0,):
        source = Source(BmpImageFile(BytesIO(data)))
        source.profile = header.profile
        return source
    return BmpSource(data, header)


class BmpSource(Source):
    """An open BMP file with a palette, with runs, or with masks for its bits."""

    def __init__(self, data: bytes, header: Header) -> None:
        self._data, self._header = data, header
        self.size, self.frames, self.plays, self.tile, self.progressive = header.size, 1, 1, (1, 1), False
        self.profile = header.profile
        self.piece = 8 * prod(header.size)  # unpacked rows, and the channels split from them

    @property
    def turn(self) -> int:
        """1: the format has no orientation."""
        return 1

    @property
    def copyright(self) -> str:
        """Empty: the format has no copyright field."""
        return ""

    @property
    def located(self) -> bool:
        """No: the format has no EXIF."""
        return False

    def picture(self) -> Image:
        """Decode the picture."""
        indexed = self._header.bits in _INDEXED
        image = self._indexed() if indexed else _coloured(self._rows(), self._header)
        return image if self._header.down else image.transpose(Transpose.FLIP_TOP_BOTTOM)

    def _indexed(self) -> Image:
        header = self._header
        if bits := _RUNS.get(header.compression):
            indices = expanded(memoryview(self._data)[header.start :], header.size, bits)
            image = frombytes("L", header.size, indices)
        else:
            layout = _INDEXED[header.bits]
            image = frombuffer("P", header.size, self._rows(), "raw", layout, _stride(header), 1).copy()
        if header.palette == _GRAYS:
            return frombytes("L", image.size, image.tobytes())
        image.putpalette(header.palette)
        return image

    def _rows(self) -> bytes:
        """Return the pixels' bytes; the last row may lack its padding."""
        header = self._header
        size = _stride(header) * header.size[1]
        rows = self._data[header.start : header.start + size]
        if size - len(rows) >= 4:
            raise DamagedPhoto("The BMP file is cut off: its end is missing.")
        return rows.ljust(size, b"\0")


def _stride(header: Header) -> int:
    """Return the number of bytes in a row, padded to whole 32-bit words."""
    return (header.size[0] * header.bits + 31) // 32 * 4


def _coloured(rows: bytes, header: Header) -> Image:
    """Return the picture of pixels with bit masks; it is opaque if the alpha of every pixel is 0."""
    (width, height), count = header.size, header.bits // 8
    packed = frombytes("L", (_stride(header), height), rows).crop((0, 0, width * count, height)).tobytes()
    planes = [frombytes("L", header.size, packed[at::count]) for at in range(count)]
    bands = [_channel(planes, mask) for mask in header.masks]
    if header.masks[3] and bands[3].getextrema() != (0, 0):
        return merge("RGBA", bands)
    return merge("RGB", bands[:3])


def _channel(planes: list[Image], mask: int) -> Image:
    """Return the bits under a mask as 0 to 255; if there are more than eight, the upper eight."""
    if not mask:
        return new("L", planes[0].size)
    shift = (mask & -mask).bit_length() - 1
    bits = mask.bit_length() - shift
    if mask >> shift != 2**bits - 1:
        raise DamagedPhoto("The BMP file is damaged: a colour's bits are not next to each other.")
    if bits > 8:
        shift, bits = shift + bits - 8, 8
    most = 2**bits - 1
    parts = [
        plane.point([byte << 8 * number >> shift & most for byte in range(256)])
        for number, plane in enumerate(planes)
        if most << shift >> 8 * number & 255
    ]
    return reduce(ImageChops.add, parts).point([min(value, most) * 255 // most for value in range(256)])


def _header(data: bytes) -> Header:
    """Read the header.

    Raises:
        UnsupportedFormat: Its compression or depth is not supported.
        DamagedPhoto: It holds no picture.
        struct.error: It is truncated.
    """
    (start,) = unpack_from("<L", data, 10)
    (size,) = unpack_from("<L", data, _FILE_HEADER_BYTES)
    if size == _CORE:
        width, height, _, bits = unpack_from("<HHHH", data, 18)
        compression = colours = 0
    else:
        width, height, _, bits = unpack_from("<iiHH", data, 18)
        compression, colours = (
            (unpack_from("<L", data, 30)[0], unpack_from("<L", data, 46)[0]) if size >= _INFO else (0, 0)
        )
    _check(size, bits, compression)
    if width <= 0 or not height:
        raise DamagedPhoto("The BMP file is damaged: it does not say how large the picture is.")
    at, masks = _FILE_HEADER_BYTES + size, _COLOURS.get(bits, ())
    if compression in (_MASKS, _MASKS_WITH_ALPHA):
        count = 4 if size >= _V3 or compression == _MASKS_WITH_ALPHA else 3
        declared = unpack_from(f"<{count}L", data, _FILE_HEADER_BYTES + _INFO)
        masks = (*declared, 0)[:4] if any(declared[:3]) else masks
        at = max(at, _FILE_HEADER_BYTES + _INFO + 4 * count)
    elif bits == 32 and size >= _V4:  # the mask of alpha alone counts without compression, too
        masks = (*masks[:3], *unpack_from("<L", data, _ALPHA_MASK))
    palette = b""
    if bits in _INDEXED:
        entry = 3 if size == _CORE else 4
        end = min(at + entry * min(colours or 2**bits, 2**bits), start if start > at else len(data))
        entries = data[at:end]
        palette = b"".join(entries[each : each + 3][::-1] for each in range(0, len(entries) - 2, entry))
    return Header(
        (width, abs(height)), height < 0, bits, compression, start or at, palette, masks, _profile(data, size)
    )


def _check(size: int, bits: int, compression: int) -> None:
    others = _OS2_OTHERS if size == _OS2 else _OTHERS
    if compression in others:
        raise UnsupportedFormat(
            f"BMP files with {others[compression]} in them are not accepted; send RLE or no compression."
        )
    known = {_PLAIN: {*_INDEXED, *_COLOURS}, _RUNS_OF_8: {8}, _RUNS_OF_4: {4}}
    known |= {_MASKS: {*_COLOURS}, _MASKS_WITH_ALPHA: {*_COLOURS}}
    if compression not in known:
        raise DamagedPhoto(f"The BMP file is damaged: it has no such compression as {compression}.")
    if bits not in known[compression]:
        raise DamagedPhoto(f"The BMP file is damaged: {bits} bits a pixel do not go with its compression.")


def _profile(data: bytes, size: int) -> bytes | None:
    """Return the ICC profile embedded in the file according to its BITMAPV5HEADER."""
    if size < _V5 or data[70:74] != _EMBEDDED:
        return None
    at, length = unpack_from("<LL", data, _FILE_HEADER_BYTES + 112)
    return data[_FILE_HEADER_BYTES + at : _FILE_HEADER_BYTES + at + length] or None
