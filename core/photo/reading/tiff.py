"""Read TIFF: the first page is the photo. Layouts that Pillow does not read correctly are assembled here.

Pillow and libtiff decompress in both cases. For a sample layout that Pillow does not support, they get a
directory that declares the rows of bytes as a grayscale picture; the samples are extracted from its bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from itertools import batched

from PIL.Image import Image, merge, new
from PIL.ImageChops import invert
from PIL.ImageFile import _Tile
from PIL.ImagePalette import ImagePalette
from PIL.TiffImagePlugin import TiffImageFile

from core.errors import DamagedPhoto
from core.photo import colour, copyright, limits, location
from core.photo.reading import Source, loaded
from core.photo.reading.tiff_directory import Directory, Tag, first, pages, written
from core.photo.reading.tiff_layout import NO_COMPRESSION, Layout, Photometric, check
from core.photo.reading.tiff_samples import channels, opaque, row_bytes

# Pieces are decompressed in groups of this many bytes; a larger piece is decompressed alone.
_AT_ONCE = 2**23
# Each costs some microseconds; 100 megapixels in tiles of 64 x 64 have 24,000.
_MOST_PIECES = 100_000
# Each byte with its bits in reverse order.
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def open(data: bytes) -> Source:
    """Read the first directory, and name what is not accepted."""
    directory = first(data)
    check(data, directory)
    layout = Layout.of(directory)
    source: Source = NativeSource(data, layout) if layout.native else PlanesSource(data, directory, layout)
    source.frames = pages(data, limits.MAX_FRAMES)
    source.tile = layout.tile or (1, 1)
    width, height = layout.piece
    # A strip or tile is decompressed as a whole, and its samples are then separated.
    source.piece = row_bytes(width, layout.samples, layout.bits) * height * (1 if layout.native else 6)
    return source


class NativeSource(Source):
    """An open TIFF file that Pillow reads correctly, and turns upright."""

    def __init__(self, data: bytes, layout: Layout) -> None:
        super().__init__(TiffImageFile(BytesIO(data)))
        self._layout = layout
        if layout.photometric == Photometric.YCBCR and layout.compression == NO_COMPRESSION:
            _have_libtiff_decode(self.image)

    @property
    def turn(self) -> int:
        """1: Pillow has already turned the picture."""
        return 1

    image: TiffImageFile

    def picture(self) -> Image:
        """Decode the picture; palette colours may have 8 bits instead of 16."""
        image = loaded(self.image)
        if image.mode == "P" and self._layout.palette:
            image.palette = ImagePalette("RGB", self._layout.palette)
            image.im.putpalette("RGB", "RGB", self._layout.palette)
        return image


def _have_libtiff_decode(image: TiffImageFile) -> None:
    """Replace Pillow's own decoder, which does not know that several pixels share their colour."""
    image._mode, image.use_load_libtiff = "RGB", True
    whole = (0, 0, image.tag_v2[Tag.WIDTH], image.tag_v2[Tag.LENGTH])
    image.tile = [_Tile("libtiff", whole, 0, ("RGBX", False, image.tag_v2.offset))]


class PlanesSource(Source):
    """An open TIFF file whose channels are assembled here."""

    def __init__(self, data: bytes, directory: Directory, layout: Layout) -> None:
        self._data, self._directory, self._layout = data, directory, layout
        self.size, self.frames, self.plays, self.progressive = layout.size, 1, 1, False
        self.profile = directory.content(Tag.ICC_PROFILE) or None

    @property
    def picture_bytes(self) -> int:
        """The number of bytes per pixel of the decoded picture and the channels it is made of.

        Inks are in memory as channels, as CMYK and as RGB at the same time.
        """
        return 14 if self._layout.photometric == Photometric.CMYK else 8

    @property
    def opaque(self) -> bool:
        """Whether there is no alpha channel."""
        return not self._layout.alpha

    @property
    def reducible(self) -> bool:
        """Whether the decoded picture's pixels can be averaged: they are gray or colour."""
        return True

    @property
    def turn(self) -> int:
        """The orientation, 1 to 8."""
        return self._layout.orientation

    @property
    def copyright(self) -> str:
        """The copyright; often empty."""
        return copyright.printable(
            self._directory.content(Tag.COPYRIGHT).partition(b"\0")[0].decode("latin-1")
        )

    @property
    def located(self) -> bool:
        """Whether there is a directory of GPS tags; what it holds is not read."""
        return bool(self._directory.values(location.TAG))

    @property
    def rgb(self) -> bool:
        """Whether the colours are red, green and blue, in the file or in its palette."""
        return self._layout.photometric in (Photometric.RGB, Photometric.PALETTE, Photometric.YCBCR)

    def picture(self) -> Image:
        """Decode the picture."""
        layout, planes = self._layout, list[Image]()
        if len(layout.offsets) > _MOST_PIECES:
            raise DamagedPhoto(f"The TIFF file has more than {_MOST_PIECES:,} strips or tiles; no photo has.")
        pieces = [*zip(layout.offsets, layout.counts, strict=True)]
        if layout.planar:
            each = layout.pieces
            for number in range(layout.samples):
                planes += self._channels(pieces[number * each : (number + 1) * each], 1)
        else:
            planes = self._channels(pieces[: layout.pieces], layout.samples)
        alpha = planes[layout.alpha] if layout.alpha else None
        if alpha and layout.premultiplied:
            planes = [opaque(each, alpha) for each in planes[: layout.colours]]
        return self._assembled(planes[: layout.colours], alpha)

    def _assembled(self, planes: list[Image], alpha: Image | None) -> Image:
        """Return the picture of these channels; inks are converted to RGB."""
        layout = self._layout
        if layout.photometric == Photometric.CMYK:
            colours = colour.to_srgb(merge("CMYK", planes), self.profile)
            self.profile = None
        elif layout.photometric == Photometric.RGB:
            colours = merge("RGB", planes)
        elif layout.photometric == Photometric.PALETTE:
            (colours,) = planes
            colours.putpalette(layout.palette)
            if alpha:  # alpha is not an index, and has as many bits
                alpha = alpha.point([min(255, value * 255 // (2**layout.bits - 1)) for value in range(256)])
            colours = colours.convert("RGB")
        else:
            colours = invert(planes[0]) if layout.photometric == Photometric.WHITE_IS_ZERO else planes[0]
        if alpha:
            colours.putalpha(alpha)
        return colours

    def _channels(self, pieces: Sequence[tuple[int, int]], samples: int) -> list[Image]:
        """Return the channels of these strips or tiles, decoded a group at a time."""
        layout = self._layout
        if len(pieces) < layout.pieces:
            raise DamagedPhoto("The TIFF file is damaged: it holds too few strips or tiles for its size.")
        whole = [new("L", layout.size) for _ in range(samples)]
        width, height = layout.piece
        across, row = -(-layout.size[0] // width), row_bytes(width, samples, layout.bits)
        for band in batched(enumerate(pieces), max(1, _AT_ONCE // (row * height)), strict=False):
            tops = [number // across * height for number, _ in band]
            heights = [height if layout.tile else min(height, layout.size[1] - top) for top in tops]
            rows = self._rows([piece for _, piece in band], row, heights)
            parts = channels(
                rows,
                (width, sum(heights)),
                samples,
                layout.bits,
                little=layout.little,
                predicted=layout.predicted,
                scaled=layout.photometric != Photometric.PALETTE,
            )
            for channel, part in zip(whole, parts, strict=True):
                at = 0
                for (number, _), top, high in zip(band, tops, heights, strict=True):
                    channel.paste(part.crop((0, at, width, at + high)), (number % across * width, top))
                    at += high
        return whole

    def _rows(self, pieces: Sequence[tuple[int, int]], row: int, heights: Sequence[int]) -> bytes:
        """Return the pieces' decompressed bytes, one below the other."""
        packed = [self._data[at : at + count] for at, count in pieces]
        if self._layout.compression != NO_COMPRESSION:
            fields: dict[int, tuple[int, ...] | bytes] = {
                Tag.WIDTH: (row,),
                Tag.LENGTH: (sum(heights),),
                Tag.BITS: (8,),
                Tag.COMPRESSION: (self._layout.compression,),
                Tag.PHOTOMETRIC: (Photometric.BLACK_IS_ZERO,),
                Tag.FILL_ORDER: (self._layout.fill_order,),
                Tag.SAMPLES: (1,),
                Tag.ROWS_PER_STRIP: (heights[0],),
            }
            if tables := self._directory.content(Tag.JPEG_TABLES):
                fields[Tag.JPEG_TABLES] = tables
            file = written(packed, fields)
            return loaded(TiffImageFile(BytesIO(file))).tobytes()
        trimmed = [each[: row * high] for each, high in zip(packed, heights, strict=True)]
        if any(len(each) < row * high for each, high in zip(trimmed, heights, strict=True)):
            raise DamagedPhoto("The TIFF file is cut off: its end is missing.")
        rows = b"".join(trimmed)
        return rows if self._layout.fill_order == 1 else rows.translate(_REVERSED)
