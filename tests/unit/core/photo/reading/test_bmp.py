"""Every header, mask and run that BMP has, with values worked out by hand."""

import struct

import pytest
from photo_files import LEFT, RIGHT, H, W, bmp, halves, packed

from core.errors import DamagedPhoto, UnsupportedFormat
from core.photo.decode import inspect, read

ONE, TWO = (200, 100, 50), (10, 220, 30)
PALETTE = bytes((50, 100, 200, 0, 30, 220, 10, 0))
MASKED = {565: (0xF800, 0x7E0, 0x1F), 555: (0x7C00, 0x3E0, 0x1F), 4444: (0xF00, 0xF0, 0xF, 0xF000)}


def seen(data: bytes, *at: tuple[int, int]) -> list[tuple[int, ...]]:
    photo, picture = read(data, 10_000)
    assert inspect(data, 10_000) == photo
    return [picture.getpixel(each) for each in at or (LEFT, RIGHT)]


@pytest.mark.parametrize("header", [12, 16, 40, 52, 56, 64, 108, 124])
@pytest.mark.parametrize("bits", [1, 4, 8])
def test_palettes_under_every_header(bits: int, header: int) -> None:
    entry = 3 if header == 12 else 4
    filler = bytes(entry * (2**bits - 2)) if header < 40 else b""
    palette = PALETTE[:3] + PALETTE[4:7] if header == 12 else PALETTE
    row = packed([0] * 8 + [1] * 8, bits)
    if header == 16:
        data = bmp(bits, [row] * H, palette=palette + filler)
        data = data[:14] + struct.pack("<I", 16) + data[18:30] + data[54:]
        data = data[:10] + struct.pack("<I", 30 + len(palette + filler)) + data[14:]
    else:
        data = bmp(bits, [row] * H, palette=palette + filler, header=header)
    assert seen(data) == [ONE, TWO]


@pytest.mark.parametrize("grays", [((0,) * 3, (255,) * 3), ((0,) * 3, (1,) * 3)])
@pytest.mark.parametrize("bits", [1, 4, 8])
def test_a_palette_of_grays_is_one_at_every_depth(bits: int, grays: tuple[tuple[int, ...], ...]) -> None:
    palette = b"".join(bytes(each) + b"\0" for each in grays)
    assert seen(bmp(bits, [packed([0] * 8 + [1] * 8, bits)] * H, palette=palette)) == list(grays)


@pytest.mark.parametrize("down", [False, True])
def test_rows_go_up_or_down(down: bool) -> None:
    rows = [packed([0] * 16, 4)] * 4 + [packed([1] * 16, 4)] * 12
    top, bottom = (ONE, TWO) if down else (TWO, ONE)
    assert seen(bmp(4, rows, palette=PALETTE, down=down), (3, 0), (3, 15)) == [top, bottom]


@pytest.mark.parametrize("header", [40, 52, 56, 108, 124])
@pytest.mark.parametrize(
    ("layout", "one", "two"),
    [
        (565, (12 << 11 | 63 << 5 | 0, (98, 255, 0)), (31 << 11 | 0 << 5 | 16, (255, 0, 131))),
        (555, (12 << 10 | 31 << 5 | 0, (98, 255, 0)), (31 << 10 | 0 << 5 | 16, (255, 0, 131))),
        (4444, (0xFC63, (204, 102, 51)), (0xF1D2, (17, 221, 34))),
    ],
)
def test_masks_of_sixteen_bits(header: int, layout: int, one: tuple, two: tuple) -> None:
    masks = MASKED[layout][:3] if header < 56 else (*MASKED[layout], 0)[:4]
    rows = halves(struct.pack("<H", one[0]), struct.pack("<H", two[0]))
    assert seen(bmp(16, rows, compression=3, header=header, masks=masks)) == [one[1], two[1]]


@pytest.mark.parametrize(
    "masks",
    [
        (0xFF0000, 0xFF00, 0xFF, 0xFF000000),
        (0xFF, 0xFF00, 0xFF0000, 0xFF000000),
        (0xFF000000, 0xFF0000, 0xFF00, 0xFF),
        (0x3FC00000, 0xFF000, 0x3FC, 0),
    ],
)
def test_masks_of_thirty_two_bits(masks: tuple[int, ...]) -> None:
    def pixel(colour: tuple[int, ...]) -> bytes:
        return sum(
            value << (mask & -mask).bit_length() - 1
            for value, mask in zip(colour, masks, strict=True)
            if mask
        ).to_bytes(4, "little")

    rows = halves(pixel((*ONE, 255)), pixel((*TWO, 128)))
    alpha = ((255,), (128,)) if masks[3] else ((), ())
    wanted = [(*ONE, *alpha[0]), (*TWO, *alpha[1])]
    assert seen(bmp(32, rows, compression=3, header=124, masks=masks)) == wanted


def test_of_more_than_eight_bits_the_upper_count() -> None:
    masks = (0x3FF00000, 0xFFC00, 0x3FF, 0)
    pixel = (800 << 20 | 400 << 10 | 203).to_bytes(4, "little")
    assert seen(bmp(32, halves(pixel, pixel), compression=3, header=108, masks=masks))[0] == (200, 100, 50)


@pytest.mark.parametrize(("compression", "header"), [(3, 56), (3, 124), (6, 40)])
def test_opacity_that_is_nowhere_is_none(compression: int, header: int) -> None:
    masks = (0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    rows = halves(bytes((50, 100, 200, 0)), bytes((30, 220, 10, 0)))
    if header == 40:
        data = bmp(32, rows, compression=6, masks=masks, header=56)
        data = data[:14] + struct.pack("<I", 40) + data[18:]
    else:
        data = bmp(32, rows, compression=compression, header=header, masks=masks)
    assert seen(data) == [ONE, TWO]


def test_the_fourth_byte_without_a_mask_is_no_opacity() -> None:
    assert seen(bmp(32, halves(bytes((50, 100, 200, 7)), bytes((30, 220, 10, 9))))) == [ONE, TWO]


@pytest.mark.parametrize(("header", "alpha"), [(56, 255), (108, 128), (124, 128)])
def test_a_mask_of_alpha_counts_without_compression_from_version_four_on(header: int, alpha: int) -> None:
    masks = (0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    rows = halves(bytes((50, 100, 200, 128)), bytes((30, 220, 10, 255)))
    left, _ = seen(bmp(32, rows, header=header, masks=masks))
    assert left == (ONE if alpha == 255 else (*ONE, alpha))
    assert seen(
        bmp(32, halves(bytes((50, 100, 200, 0)), bytes((30, 220, 10, 0))), header=header, masks=masks)
    ) == [
        ONE,
        TWO,
    ]


def test_runs_of_eight_bits() -> None:
    """A run, literal pixels, a line's end, a delta to the right and up, a run over the edge, and the end."""
    runs = bytes((8, 1, 0, 3, 0, 1, 0, 0, 0, 0, 0, 2, 4, 2, 200, 1, 0, 1))
    data = bmp(8, runs, compression=1, palette=PALETTE)
    at = [(7, 15), (8, 15), (9, 15), (10, 15), (11, 15), (3, 12), (4, 12), (15, 12), (0, 11)]
    assert seen(data, *at) == [TWO, ONE, TWO, ONE, ONE, ONE, TWO, TWO, ONE]


def test_runs_of_four_bits() -> None:
    """Runs alternate two colours; literal pixels are filled up to 16 bits."""
    runs = bytes((5, 0x10, 0, 5, 0x01, 0x10, 0x10, 0, 0, 0, 0, 2, 3, 1, 2, 0x11, 0, 1))
    data = bmp(4, runs, compression=2, palette=PALETTE)
    lowest = [(x, 15) for x in range(10)]
    assert [each == TWO for each in seen(data, *lowest)] == [1, 0, 1, 0, 1, 0, 1, 1, 0, 1]
    assert seen(data, (2, 13), (3, 13), (4, 13), (5, 13)) == [ONE, TWO, TWO, ONE]


@pytest.mark.parametrize("runs", [b"", bytes((8, 1)), bytes((0, 5, 1)), bytes((0, 2, 1))])
def test_runs_that_end_too_early_are_cut_off(runs: bytes) -> None:
    with pytest.raises(DamagedPhoto, match="cut off"):
        read(bmp(8, runs, compression=1, palette=PALETTE), 10_000)


@pytest.mark.parametrize(
    ("compression", "bits", "header", "words"),
    [
        (4, 24, 40, "JPEG"),
        (5, 24, 40, "PNG"),
        (3, 1, 64, "Huffman"),
        (4, 24, 64, "RLE24"),
        (11, 32, 40, "CMYK"),
    ],
)
def test_what_is_not_read_is_named(compression: int, bits: int, header: int, words: str) -> None:
    with pytest.raises(UnsupportedFormat, match=f"^BMP files with {words} in them are not accepted"):
        read(bmp(bits, [bytes(100)] * H, compression=compression, header=header), 10_000)


def test_what_does_not_add_up_is_damage() -> None:
    with pytest.raises(DamagedPhoto, match="7 bits"):
        read(bmp(7, [bytes(W)] * H), 10_000)
    with pytest.raises(DamagedPhoto, match="not next to each other"):
        read(bmp(16, [bytes(2 * W)] * H, compression=3, masks=(0xF0F0, 0x0F00, 0x000F), header=52), 10_000)
