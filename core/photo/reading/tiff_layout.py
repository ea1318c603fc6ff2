"""The layout of a TIFF file's first picture (TIFF 6.0), and the layouts that are refused, by name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

from core.errors import DamagedPhoto, UnsupportedFormat
from core.photo import refused
from core.photo.reading.tiff_directory import Directory, Tag, all_below

NO_COMPRESSION = 1
_FAX = {2, 3, 4}
_READ_COMPRESSIONS = {1, 2, 3, 4, 5, 6, 7, 8, 32_773, 32_946, 34_925, 50_000, 50_001}
_COMPRESSIONS = {
    262: "Kodak's",
    32_766: "NeXT's",
    32_809: "ThunderScan",
    32_895: "IT8",
    32_896: "IT8",
    33_003: "JPEG 2000",
    33_005: "JPEG 2000",
    34_661: "JBIG",
    34_676: "SGI LogLuv",
    34_677: "SGI LogLuv",
    34_712: "JPEG 2000",
    34_887: "LERC",
    34_933: "PNG",
    34_934: "JPEG XR",
    50_002: "JPEG XL",
    52_546: "JPEG XL",
}
# Proprietary compressions of Sony, Kodak, Nikon, Samsung, Pentax and DNG.
_RAW_COMPRESSIONS = {32_767, 32_769, 32_770, 32_772, 34_713, 34_892, 65_000, 65_535}
_UNSIGNED, _SIGNED, _VOID = 1, 2, 4
_CMYK_INKS = 1
_HORIZONTAL = 2
_SEPARATE = 2
_ASSOCIATED, _UNASSOCIATED, _COREL = 1, 2, 999
_MOST_SAMPLES = 64


class Photometric(IntEnum):
    """The colour space of the samples (PhotometricInterpretation)."""

    WHITE_IS_ZERO = 0
    BLACK_IS_ZERO = 1
    RGB = 2
    PALETTE = 3
    CMYK = 5
    YCBCR = 6


_COLOURS = {
    Photometric.WHITE_IS_ZERO: 1,
    Photometric.BLACK_IS_ZERO: 1,
    Photometric.RGB: 3,
    Photometric.PALETTE: 1,
    Photometric.CMYK: 4,
    Photometric.YCBCR: 3,
}
_LAB = {8, 9, 10}
_OTHER_COLOURS = {4: "a transparency mask", 32_844: "LogL samples", 32_845: "LogLuv samples"}
_SENSOR = {32_803, 34_892}


@dataclass(frozen=True)
class Layout:
    """Where the samples are, and what they mean.

    ``piece`` is the width and height of a strip or tile, and ``pieces`` their number in each plane. ``alpha``
    is the number of the opacity channel, 0 if there is none. ``palette`` has three bytes per colour.
    ``native`` says whether Pillow reads this layout correctly.
    """

    size: tuple[int, int]
    bits: int
    samples: int
    colours: int
    photometric: int
    compression: int
    planar: bool
    predicted: bool
    little: bool
    fill_order: int
    orientation: int
    alpha: int
    premultiplied: bool
    palette: bytes
    tile: tuple[int, int] | None
    piece: tuple[int, int]
    pieces: int
    offsets: tuple[int, ...]
    counts: tuple[int, ...]
    native: bool

    @classmethod
    def of(cls, directory: Directory) -> Layout:
        """Return the layout that the directory declares.

        Raises:
            DamagedPhoto: The layout is inconsistent.
        """
        value = directory.value
        size = value(Tag.WIDTH, 0), value(Tag.LENGTH, 0)
        if not all(size):
            raise DamagedPhoto("The TIFF file is damaged: it does not say how large the picture is.")
        photometric, samples = value(Tag.PHOTOMETRIC, 0), value(Tag.SAMPLES, 1)
        bits, colours = value(Tag.BITS, 1), _COLOURS[Photometric(photometric)]
        tile = (
            (value(Tag.TILE_WIDTH, 0), value(Tag.TILE_LENGTH, 0)) if Tag.TILE_OFFSETS in directory else None
        )
        piece = tile or (size[0], min(size[1], value(Tag.ROWS_PER_STRIP, size[1])))
        if not all(piece):
            raise DamagedPhoto("The TIFF file is damaged: its strips or tiles have no size.")
        pieces = -(-size[0] // piece[0]) * -(-size[1] // piece[1])
        offsets = directory.values(Tag.TILE_OFFSETS if tile else Tag.STRIP_OFFSETS)
        counts = directory.values(Tag.TILE_COUNTS if tile else Tag.STRIP_COUNTS)
        if len(counts) != len(offsets):
            counts = tuple(2**32 for _ in offsets)  # each to the end of the file; decoders stop before
        extras = directory.values(Tag.EXTRA_SAMPLES)
        if not extras and samples == colours + 1:
            extras = (_UNASSOCIATED,)  # an unexplained extra sample is nearly always opacity
        opacity = next((at for at, each in enumerate(extras) if each in (1, 2, _COREL)), None)
        layout = cls(
            size=size,
            bits=bits,
            samples=samples,
            colours=colours,
            photometric=photometric,
            compression=value(Tag.COMPRESSION, NO_COMPRESSION),
            planar=value(Tag.PLANAR, 1) == _SEPARATE and samples > 1,
            predicted=value(Tag.PREDICTOR, 1) == _HORIZONTAL,
            little=directory.order == "<",
            fill_order=value(Tag.FILL_ORDER, 1),
            orientation=value(Tag.ORIENTATION, 1),
            alpha=0 if opacity is None or colours + opacity >= samples else colours + opacity,
            premultiplied=(
                opacity is not None
                and extras[opacity] == _ASSOCIATED
                and photometric != Photometric.PALETTE  # palette indices can't be premultiplied
            ),
            palette=_palette(directory.values(Tag.COLOUR_MAP)),
            tile=tile,
            piece=piece,
            pieces=pieces,
            offsets=offsets,
            counts=counts,
            native=False,
        )
        return replace(layout, native=_is_native(layout, extras))


def _is_native(layout: Layout, extras: tuple[int, ...]) -> bool:
    """Return whether Pillow reads the layout correctly; the tests show which it does not."""
    if layout.photometric == Photometric.YCBCR:
        return True
    if layout.planar or (layout.fill_order != 1 and layout.compression not in _FAX):
        return False
    shape = layout.bits, layout.samples
    match layout.photometric:
        case Photometric.BLACK_IS_ZERO:
            return shape in {(1, 1), (2, 1), (4, 1), (8, 1)} or (shape == (16, 1) and layout.little)
        case Photometric.WHITE_IS_ZERO:
            return shape in {(1, 1), (2, 1), (4, 1), (8, 1)}
        case Photometric.PALETTE:
            return shape in {(1, 1), (2, 1), (4, 1), (8, 1)}
        case Photometric.RGB:
            return shape in {(8, 3), (16, 3)} or (shape in {(8, 4), (16, 4)} and len(extras) == 1)
        case Photometric.CMYK:
            return shape in {(8, 4), (16, 4)}
    return False


def _palette(colours: tuple[int, ...]) -> bytes:
    """Return red, green and blue of each colour; if none exceeds 255, the values count as 8-bit."""
    count = len(colours) // 3
    shift = 8 if any(each > 255 for each in colours) else 0
    planes = (colours[:count], colours[count : 2 * count], colours[2 * count : 3 * count])
    return bytes(each >> shift for colour in zip(*planes, strict=True) for each in colour)


def check(data: bytes, directory: Directory) -> None:
    """Refuse unsupported layouts, and files whose first picture is only a preview.

    Raises:
        UnsupportedFormat: The message names the reason.
    """
    compression, photometric = directory.value(Tag.COMPRESSION, 1), directory.value(Tag.PHOTOMETRIC, 0)
    if _is_raw(data, directory):
        raise UnsupportedFormat(
            f"The file is {refused.RAW}, which is not accepted; develop it to JPEG or TIFF."
        )
    if compression not in _READ_COMPRESSIONS:
        name = _COMPRESSIONS.get(compression, f"unknown ({compression})")
        raise UnsupportedFormat(
            f"TIFF files with {name} compression are not accepted; send LZW, Deflate, JPEG or none."
        )
    samples, bits = directory.value(Tag.SAMPLES, 1), set(directory.values(Tag.BITS) or (1,))
    kinds = set(directory.values(Tag.SAMPLE_FORMAT) or (_UNSIGNED,)) - {_VOID}
    what = ""
    if photometric in _LAB:
        what = "Lab colours"
    elif photometric not in _COLOURS:
        what = _OTHER_COLOURS.get(photometric, f"colours of an unknown kind ({photometric})")
    elif photometric == Photometric.CMYK and directory.value(Tag.INK_SET, _CMYK_INKS) != _CMYK_INKS:
        what = "inks other than cyan, magenta, yellow and black"
    elif photometric == Photometric.YCBCR and directory.value(Tag.PLANAR, 1) == _SEPARATE:
        what = "YCbCr in separate planes"
    elif kinds - {_UNSIGNED}:
        what = "signed samples" if kinds - {_UNSIGNED} == {_SIGNED} else "floating-point samples"
    elif len(bits) > 1:
        what = "samples of different depths"
    elif max(bits) > 16 or min(bits) < 1:
        what = f"{max(bits)}-bit samples"
    elif photometric == Photometric.PALETTE and max(bits) > 8:
        what = f"palettes of {max(bits)} bits"
    elif samples > _MOST_SAMPLES:
        what = f"{samples:,} samples a pixel"
    if what:
        raise UnsupportedFormat(
            f"TIFF files with {what} are not accepted; send 8 or 16 bits of gray, RGB or CMYK."
        )
    if samples < _COLOURS[Photometric(photometric)] and compression != 6:
        raise DamagedPhoto("The TIFF file is damaged: a pixel has fewer samples than colours.")


def _is_raw(data: bytes, first: Directory) -> bool:
    """Return whether any picture is raw sensor data; the first picture is then a preview."""
    return Tag.DNG_VERSION in first or any(
        each.value(Tag.PHOTOMETRIC, 0) in _SENSOR or each.value(Tag.COMPRESSION, 1) in _RAW_COMPRESSIONS
        for each in all_below(data, first)
    )
