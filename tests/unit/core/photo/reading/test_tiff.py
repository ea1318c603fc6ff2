"""Every layout of samples that TIFF 6.0 has, with values worked out by hand."""

import struct
import zlib
from io import BytesIO
from itertools import product

import pytest
from photo_files import LEFT, RIGHT, H, W, halves, packed, tags, tiff
from PIL import Image

from core.errors import DamagedPhoto, PhotoError, UnsupportedFormat
from core.photo.decode import inspect, read
from core.photo.reading import tiff as module

Pixel = tuple[int, ...]


def seen(data: bytes) -> tuple[Pixel, Pixel]:
    """Return the middle pixels of both halves."""
    photo, picture = read(data, 10_000)
    assert inspect(data, 10_000) == photo
    assert picture.size == (W, H)
    return picture.getpixel(LEFT), picture.getpixel(RIGHT)


def strip(left: tuple[int, ...], right: tuple[int, ...], bits: int, order: str = "<") -> bytes:
    """Return all rows, chunky."""
    samples = [*left * 8, *right * 8]
    if bits == 16:
        return struct.pack(f"{order}{len(samples)}H", *samples) * H
    return packed(samples, bits) * H


def gray(value: int) -> Pixel:
    return (value,) * 3


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("photometric", [0, 1])
@pytest.mark.parametrize("bits", [1, 2, 3, 4, 6, 8, 10, 12, 14, 16])
def test_gray_of_every_depth(bits: int, photometric: int, order: str) -> None:
    most = 2**bits - 1
    data = tiff(tags(bits, 1, photometric), [strip((most,), (most // 3,), bits, order)], order)
    bright, dark = 255, (most // 3) * 255 // most if bits < 8 else (most // 3) >> (bits - 8)
    wanted = (bright, dark) if photometric else (255 - bright, 255 - dark)
    assert seen(data) == (gray(wanted[0]), gray(wanted[1]))


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("planar", [1, 2])
@pytest.mark.parametrize("bits", [4, 8, 12, 16])
@pytest.mark.parametrize(("extra", "alpha"), [([], 255), ([2], 51), ([0, 2], 51), ([0], 255)])
def test_rgb_of_every_layout(bits: int, planar: int, order: str, extra: list[int], alpha: int) -> None:
    def sample(byte: int) -> int:
        return byte >> 8 - bits if bits < 8 else byte << bits - 8

    opacity = [sample(51) if each == 2 else sample(102) for each in extra]
    left, right = ([*map(sample, (204, 102, 51)), *opacity], [*map(sample, (0, 255, 17)), *opacity])
    fields = tags(bits, len(left), 2, _284=(3, [planar]), **({"_338": (3, extra)} if extra else {}))
    strips = [strip(tuple(left), tuple(right), bits, order)]
    if planar == 2:
        strips = [strip((one,), (two,), bits, order) for one, two in zip(left, right, strict=True)]
    wanted = (204, 102, 51), (0, 255, 17)
    assert seen(tiff(fields, strips, order)) == tuple(
        each if alpha == 255 else (*each, alpha) for each in wanted
    )


@pytest.mark.parametrize(("bits", "planar", "order"), product([8, 16], [1, 2], "<>"))
def test_gray_and_opacity(bits: int, planar: int, order: str) -> None:
    unit = 1 if bits == 8 else 257
    left, right = (128 * unit, 128 * unit), (64 * unit, 255 * unit)
    strips = [strip(left, right, bits, order)]
    if planar == 2:
        strips = [strip((one,), (two,), bits, order) for one, two in zip(left, right, strict=True)]
    data = tiff(tags(bits, 2, 1, _338=(3, [2]), _284=(3, [planar])), strips, order)
    assert seen(data) == ((128, 128, 128, 128), (64, 64, 64, 255))


@pytest.mark.parametrize(("photometric", "samples"), [(1, (64, 128)), (2, (64, 64, 64, 128))])
def test_colours_multiplied_with_opacity_are_divided_again(
    photometric: int, samples: tuple[int, ...]
) -> None:
    opaque = (*samples[:-1], 255)
    data = tiff(tags(8, len(samples), photometric, _338=(3, [1])), [strip(samples, opaque, 8)])
    (*tones, alpha), right = seen(data)
    assert all(abs(tone - 128) <= 1 for tone in tones)
    assert (alpha, right) == (128, (64, 64, 64, 255))


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("extra", [[], [0], [2]])
def test_inks_with_and_without_opacity(bits: int, extra: list[int]) -> None:
    unit = 1 if bits == 8 else 257
    spot = [51 * unit] * len(extra)
    cyan, grayish = (255 * unit, 0, 0, 0, *spot), (0, 0, 0, 51 * unit, *spot)
    data = tiff(
        tags(bits, 4 + len(extra), 5, **({"_338": (3, extra)} if extra else {})), [strip(cyan, grayish, bits)]
    )
    alpha = (51,) if extra == [2] else ()
    assert seen(data) == ((0, 255, 255, *alpha), (204, 204, 204, *alpha))


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("unit", [1, 257])
def test_palettes_of_bytes_and_of_words(bits: int, unit: int) -> None:
    rest = [0] * (2**bits - 2)
    colours = [value * unit for pair in ((200, 10), (100, 220), (50, 30)) for value in (*pair, *rest)]
    data = tiff(tags(bits, 1, 3, _320=(3, colours)), [strip((0,), (1,), bits)])
    assert seen(data) == ((200, 100, 50), (10, 220, 30))


def test_a_palette_with_opacity() -> None:
    colours = [value * 257 for pair in ((200, 10), (100, 220), (50, 30)) for value in (*pair, *[0] * 254)]
    data = tiff(tags(8, 2, 3, _320=(3, colours), _338=(3, [2])), [strip((0, 255), (1, 90), 8)])
    assert seen(data) == ((200, 100, 50, 255), (10, 220, 30, 90))


@pytest.mark.parametrize("planar", [1, 2])
def test_tiles(planar: int) -> None:
    """Of 16 x 16, each filled with its own colour, the picture ends amid the last."""
    colours = [(10, 20, 30), (40, 50, 60), (70, 80, 90), (100, 110, 120)]
    tiles = [bytes(colour) * 256 for colour in colours]
    if planar == 2:
        tiles = [bytes([colour[at]]) * 256 for at in range(3) for colour in colours]
    fields = tags(8, 3, 2, _284=(3, [planar]), _322=(3, [16]), _323=(3, [16])) | {
        256: (3, [24]),
        257: (3, [20]),
    }
    picture = read(tiff(fields, tiles), 10_000)[1]
    assert [picture.getpixel(at) for at in ((15, 15), (16, 15), (15, 16), (23, 19))] == colours


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate"])
def test_predicted_samples_of_a_layout_that_pillow_does_not_know(bits: int, compression: str, encode) -> None:
    """Differences to the left are added up, with their carries, in gray with opacity."""
    order, unit = ">", 257 if bits == 16 else 1
    tones = [(37 * at) % 256 * unit for at in range(W)]
    words = [each for tone in tones for each in (tone, 200 * unit)]
    differences = [each if at < 2 else (each - words[at - 2]) % 2**bits for at, each in enumerate(words)]
    row = struct.pack(f"{order}{len(words)}{'H' if bits == 16 else 'B'}", *differences)
    bytewise = Image.frombytes("L", (len(row), H), row * H)
    file = encode(bytewise, "TIFF", compression=compression)
    with Image.open(BytesIO(file)) as image:
        at, count, code = image.tag_v2[273][0], image.tag_v2[279][0], image.tag_v2[259]
    fields = tags(bits, 2, 1, _338=(3, [2]), _317=(3, [2])) | {259: (3, [code])}
    picture = read(tiff(fields, [file[at : at + count]], order), 10_000)[1]
    assert [picture.getpixel((x, 7)) for x in range(W)] == [(tone // unit,) * 3 + (200,) for tone in tones]


@pytest.mark.parametrize("shared", [(1, 1), (2, 1), (2, 2), (4, 1), (1, 2), None])
@pytest.mark.parametrize("compression", [1, 8])
def test_pixels_may_share_their_colour(shared: tuple[int, int] | None, compression: int) -> None:
    """200, 100, 50 and 10, 220, 30 as YCbCr; without a word, 2 x 2 pixels share their colour (section 21)."""
    wide, high = shared or (2, 2)
    units = [
        bytes([luma] * (wide * high) + [*chroma]) for luma, chroma in ((124, (86, 182)), (136, (68, 38)))
    ]
    data = b"".join(unit * (8 // wide) for unit in units) * (H // high)
    fields = tags(8, 3, 6, **({"_530": (3, [*shared])} if shared else {})) | {259: (3, [compression])}
    left, right = seen(tiff(fields, [zlib.compress(data) if compression == 8 else data]))
    for pixel, wanted in ((left, (200, 100, 50)), (right, (10, 220, 30))):
        assert all(abs(one - two) <= 2 for one, two in zip(pixel, wanted, strict=True))


@pytest.mark.parametrize("value", range(1, 9))
@pytest.mark.parametrize("bits", [8, 12])  # the one read by Pillow, the other here
def test_orientation_is_baked_in_once(value: int, bits: int) -> None:
    bright = 2**bits - 1
    rows = [packed([bright] * 8 + [0] * 8, bits)] * 8 + [packed([0] * 16, bits)] * 12
    data = tiff(tags(bits, 1, 1, _274=(3, [value])) | {257: (3, [20]), 278: (3, [20])}, [b"".join(rows)])
    photo, picture = read(data, 10_000)
    upright = (W, 20) if value < 5 else (20, W)
    assert (photo.width, photo.height, picture.size) == (*upright, upright)
    right, low = value in {2, 3, 6, 7}, value in {3, 4, 7, 8}
    at = (upright[0] - 3 if right else 2, upright[1] - 3 if low else 2)
    assert picture.getpixel(at) == (255, 255, 255)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (tags(8, 3, 2) | {259: (3, [34887])}, "LERC compression"),
        (tags(8, 3, 2) | {259: (3, [34712])}, "JPEG 2000 compression"),
        (tags(8, 3, 2) | {259: (3, [50002])}, "JPEG XL compression"),
        (tags(8, 3, 2) | {259: (3, [4711])}, r"unknown \(4711\) compression"),
        (tags(32, 1, 1, _339=(3, [3])), "floating-point samples"),
        (tags(16, 1, 1, _339=(3, [3])), "floating-point samples"),
        (tags(16, 1, 1, _339=(3, [2])), "signed samples"),
        (tags(32, 1, 1), "32-bit samples"),
        (tags(8, 3, 8), "Lab colours"),
        (tags(8, 4, 5, _332=(3, [2])), "inks other than"),
        (tags(16, 1, 3), "palettes of 16 bits"),
        (tags(8, 3, 6, _284=(3, [2])), "YCbCr in separate planes"),
        (tags(8, 3, 2) | {258: (3, [5, 6, 5])}, "different depths"),
    ],
)
def test_what_is_not_read_is_named(fields: dict, words: str) -> None:
    with pytest.raises(UnsupportedFormat, match=f"^TIFF files with .*{words}.* not accepted; send "):
        read(tiff(fields, [bytes(4 * W * H * 4)]), 10_000)


def thumbnail(**more: tuple[int, list[int]]) -> dict:
    return tags(8, 3, 2, _254=(4, [1]), **more)


def with_below(fields: dict, below: dict) -> bytes:
    """Return a preview whose directory has another below it."""
    inner = tiff(below, [bytes(2 * W * H)])
    (at,) = struct.unpack_from("<L", inner, 4)
    return tiff({**fields, 330: (4, [at])}, [bytes((200, 50, 50)) * W * H], below=inner[8:])


@pytest.mark.parametrize(
    "data",
    [
        with_below(thumbnail(_50706=(1, [1, 4, 0, 0])), tags(16, 1, 32803)),
        with_below(thumbnail(), tags(16, 1, 32803)),
        with_below(thumbnail(), tags(16, 3, 34892)),
        with_below(thumbnail(), tags(16, 1, 1) | {259: (3, [34713])}),
        with_below(thumbnail(), tags(16, 1, 1) | {259: (3, [32767])}),
        tiff(tags(16, 1, 32803), [bytes(2 * W * H)]),
    ],
)
def test_a_camera_s_raw_file_is_none_of_its_previews(data: bytes) -> None:
    with pytest.raises(UnsupportedFormat, match="is a camera's raw file, which is not accepted"):
        read(data, 10_000)


def test_a_picture_below_another_that_is_no_sensor_s_changes_nothing() -> None:
    assert seen(with_below(thumbnail(), tags(8, 1, 1)))[0] == (200, 50, 50)


@pytest.mark.parametrize("bits", [8, 12])
def test_a_tiff_that_ends_too_early_is_cut_off(bits: int) -> None:
    fields = tags(bits, 2, 1, _338=(3, [2]), _284=(3, [2]))
    with pytest.raises(DamagedPhoto):
        read(tiff(fields, [bytes(100), bytes(100)]), 10_000)
    with pytest.raises(DamagedPhoto, match="too few strips or tiles"):
        read(tiff(fields, [strip((1,), (2,), bits)]), 10_000)


def test_the_copyright_is_read_whoever_reads_the_pixels() -> None:
    for bits in (8, 12):
        data = tiff(tags(bits, 1, 1, _33432=(2, list(b"Ada L.\0"))), [strip((9,), (9,), bits)])
        assert inspect(data, 10_000).copyright == "Ada L."


def test_bits_may_come_last_first() -> None:
    row = packed([2, 0, 3, 1] * 4, 2)
    reversed_row = bytes(int(f"{byte:08b}"[::-1], 2) for byte in row)
    picture = read(tiff(tags(2, 1, 1, _266=(3, [2])), [reversed_row * H]), 10_000)[1]
    assert [picture.getpixel((x, 3))[0] for x in range(4)] == [170, 0, 255, 85]


def test_a_tag_of_xmp_turns_nothing() -> None:
    xmp = b'<x tiff:Orientation="6"/>'
    data = tiff(tags(8, 1, 1, _700=(1, list(xmp))) | {257: (3, [20]), 278: (3, [20])}, [bytes(W * 20)])
    assert read(data, 10_000)[1].size == (W, 20)


def test_specks_for_tiles_are_refused(monkeypatch) -> None:
    monkeypatch.setattr(module, "_MOST_PIECES", 3)
    fields = tags(12, 1, 1, _322=(3, [8]), _323=(3, [8]))
    with pytest.raises(DamagedPhoto, match="more than 3 strips or tiles"):
        read(tiff(fields, [bytes(96)] * 4), 10_000)


def test_nonsense_is_damage() -> None:
    for fields in (
        tags(8, 1, 2),
        tags(8, 1, 1) | {256: (3, [0])},
        tags(8, 1, 1, _322=(3, [0]), _323=(3, [0])),
    ):
        with pytest.raises(PhotoError):
            read(tiff(fields, halves(b"\0", b"\0")), 10_000)
