"""Transparency, chunks and colours of PNG, with values worked out by hand."""

import struct
import zlib

import pytest
from photo_files import LEFT, RIGHT, H, apng, chrm, chunk, cicp, gama, halves, iccp, packed, png, u16

from core.errors import DamagedPhoto, TooManyFrames, UnsupportedFormat
from core.photo.decode import inspect, read, read_film
from core.photo.icc import SRGB_CURVE, SRGB_PRIMARIES, Curve, Primaries, colour_profile, gray_profile
from core.photo.reading import png_rows

PINK, MINT = bytes((200, 100, 100)), bytes((100, 200, 100))
P3_PINK, P3_MINT = (215, 93, 97), (45, 203, 86)  # what these are in sRGB if they are of Display P3
P3 = Primaries((0.3127, 0.3290), (0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
PLAIN = halves(bytes((200, 100, 50)), bytes((10, 220, 30)))
LINEAR_PINK = (229, 168, 168)
PALETTE = chunk(b"PLTE", bytes((200, 100, 50, 10, 220, 30)))


def seen(data: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    photo, picture = read(data, 10_000)
    assert inspect(data, 10_000) == photo
    return picture.getpixel(LEFT), picture.getpixel(RIGHT)


def near(pixels: tuple, wanted: tuple, tolerance: int = 2) -> bool:
    pairs = [pair for one, two in zip(pixels, wanted, strict=True) for pair in zip(one, two, strict=True)]
    return all(abs(one - two) <= tolerance for one, two in pairs)


@pytest.mark.parametrize("stray", [0, 0xAB00])  # bits over the depth are not looked at
@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_a_transparent_gray_of_few_bits(depth: int, stray: int) -> None:
    most = 2**depth - 1
    rows = [packed([most] * 8 + [0] * 8, depth)] * H
    assert seen(png(depth, 0, rows, chunk(b"tRNS", u16(most | stray)))) == ((255,) * 3 + (0,), (0, 0, 0, 255))


@pytest.mark.parametrize(("key", "alpha"), [(0x1234, 0), (0x1235, 255), (0x1334, 255)])
def test_a_transparent_gray_is_compared_in_both_bytes(key: int, alpha: int) -> None:
    left, right = seen(png(16, 0, halves(u16(0x1234), u16(0x8000)), chunk(b"tRNS", u16(key))))
    assert right[:3] == (128, 128, 128)
    assert left == ((18,) * 3 + ((0,) if alpha == 0 else ()))


@pytest.mark.parametrize(
    ("key", "alpha"),
    [((0xABCD, 0x1234, 0x5678), 0), ((0xABCC, 0x1234, 0x5678), 255), ((0xABCD, 0x1234, 0x5778), 255)],
)
def test_a_transparent_colour_is_compared_in_both_bytes(key: tuple[int, ...], alpha: int) -> None:
    rows = halves(u16(0xABCD, 0x1234, 0x5678), u16(0x8000, 0x4000, 0x2000))
    left, right = seen(png(16, 2, rows, chunk(b"tRNS", u16(*key))))
    assert right[:3] == (128, 64, 32)
    assert left == (171, 18, 86) + ((0,) if alpha == 0 else ())


def test_a_palette_has_opacity_for_its_first_colours() -> None:
    rows = [packed([0] * 8 + [1] * 8, 2)] * H
    palette = chunk(b"PLTE", bytes((9, 8, 7, 6, 5, 4, 3, 2, 1)))
    assert seen(png(2, 3, rows, palette, chunk(b"tRNS", bytes((100,))))) == ((9, 8, 7, 100), (6, 5, 4, 255))


@pytest.mark.parametrize(
    "kind", [b"tEXt", b"pHYs", b"tIME", b"zTXt", b"iTXt", b"iCCP", b"gAMA", b"tRNS", b"vpAg"]
)
def test_an_ancillary_chunk_with_a_wrong_checksum_is_ignored(kind: bytes) -> None:
    broken = chunk(kind, bytes((0, 200, 0, 100, 0, 50)), sound=False)
    assert seen(png(8, 2, PLAIN, broken)) == ((200, 100, 50), (10, 220, 30))


@pytest.mark.parametrize("kind", [b"IHDR", b"PLTE"])
def test_a_critical_chunk_with_a_wrong_checksum_is_damage(kind: bytes) -> None:
    palette = chunk(b"PLTE", bytes((9, 8, 7, 6, 5, 4)))
    data = bytearray(png(1, 3, [packed([0] * 8 + [1] * 8, 1)] * H, palette))
    at = data.index(kind)
    data[at + 4 + int.from_bytes(data[at - 4 : at])] ^= 1
    with pytest.raises(DamagedPhoto):
        read(bytes(data), 10_000)


@pytest.mark.parametrize("text", [zlib.compress(b" " * 5_000_000), b"no zlib", b""])
@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt"])
def test_texts_are_not_looked_at(kind: bytes, text: bytes) -> None:
    head = b"XML:com.adobe.xmp\0" + (b"\0" if kind == b"zTXt" else b"\1\0\0\0")
    assert seen(png(8, 2, PLAIN, chunk(kind, head + text)))[0] == (200, 100, 50)


def test_what_xcode_makes_of_a_png_is_named() -> None:
    plain = png(8, 2, PLAIN)
    with pytest.raises(UnsupportedFormat, match="Xcode"):
        read(plain[:8] + chunk(b"CgBI", b"\x50\0\x20\2") + plain[8:], 10_000)


@pytest.mark.parametrize(
    ("chunks", "left"),
    [
        ([], tuple(PINK)),
        ([cicp(12, 13)], P3_PINK),
        ([cicp(1, 8)], LINEAR_PINK),
        ([cicp(1, 13)], tuple(PINK)),
        ([cicp(1, 1)], tuple(PINK)),
        ([cicp(12, 13, 1), gama(1.0)], LINEAR_PINK),  # of luma and chroma, which PNG has not
        ([cicp(2, 2), gama(1.0)], LINEAR_PINK),
        ([cicp(3, 13), gama(1.0)], LINEAR_PINK),
        ([iccp(colour_profile(P3, SRGB_CURVE))], P3_PINK),
        ([chunk(b"sRGB", b"\0")], tuple(PINK)),
        ([gama(1.0)], LINEAR_PINK),
        ([gama(0.45455)], tuple(PINK)),
        ([chunk(b"gAMA", bytes(4))], tuple(PINK)),
        ([chrm(0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)], tuple(PINK)),  # without a gamma
        ([PALETTE, gama(1.0)], tuple(PINK)),  # in the wrong order
        ([gama(0.45455), chrm(0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)], P3_PINK),
        ([gama(0.45455), chrm(0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)], tuple(PINK)),
        ([chrm(0.3, 0, 0.3, 0, 0.3, 0, 0.3, 0)], tuple(PINK)),
        # each comes before those that follow
        ([cicp(12, 13), iccp(colour_profile(SRGB_PRIMARIES, Curve((1.0,))))], P3_PINK),
        ([iccp(colour_profile(P3, SRGB_CURVE)), chunk(b"sRGB", b"\0")], P3_PINK),
        ([iccp(b"broken"), gama(1.0)], LINEAR_PINK),
        ([iccp(gray_profile(Curve((1.8,)))), gama(1.0)], LINEAR_PINK),
        ([chunk(b"sRGB", b"\0"), gama(1.0)], tuple(PINK)),
        ([chunk(b"sRGB", b"\4"), gama(1.0)], LINEAR_PINK),
        ([chunk(b"sRGB", b""), gama(1.0)], LINEAR_PINK),
    ],
)
@pytest.mark.parametrize("alpha", [False, True])
def test_colours_are_what_the_first_of_the_chunks_says(chunks: list[bytes], left: tuple, alpha: bool) -> None:
    more = bytes((77,)) if alpha else b""
    data = png(8, 6 if alpha else 2, halves(PINK + more, MINT + more), *chunks)
    assert near(seen(data)[:1], ((*left, *more),))


@pytest.mark.parametrize(
    ("chunks", "tones"),
    [
        ([iccp(gray_profile(Curve((1.0,))))], (188, 137)),
        ([iccp(gray_profile(Curve((1.8,))))], (146, 81)),
        ([gama(1.0)], (188, 137)),
        ([cicp(9, 8)], (188, 137)),
        ([iccp(colour_profile(P3, SRGB_CURVE))], (128, 64)),
        ([], (128, 64)),
    ],
)
@pytest.mark.parametrize("opacity", ["none", "tRNS", "full", "half"])
def test_grays_are_converted_with_any_opacity(chunks: list[bytes], tones: tuple, opacity: str) -> None:
    samples = {"full": (255, 255), "half": (255, 128)}.get(opacity)
    left, right = (bytes((tone, *([samples[at]] if samples else []))) for at, tone in enumerate((128, 64)))
    key = [chunk(b"tRNS", u16(64))] if opacity == "tRNS" else []
    one, two = seen(png(8, 4 if samples else 0, halves(left, right), *chunks, *key))
    assert near((one[:3], two[:3]), tuple((tone,) * 3 for tone in tones))
    assert two[3:] == {"none": (), "full": (), "tRNS": (0,), "half": (128,)}[opacity]


@pytest.mark.parametrize(("transfer", "name"), [(16, "PQ"), (18, "HLG")])
def test_a_high_dynamic_range_is_refused(transfer: int, name: str) -> None:
    with pytest.raises(UnsupportedFormat, match=rf"HDR pictures \({name}\) are not accepted"):
        read(png(8, 2, PLAIN, cicp(9, transfer)), 10_000)


def test_a_narrow_range_is_made_whole() -> None:
    rows = halves(bytes((235, 16, 126)), bytes((16, 235, 16)))
    assert seen(png(8, 2, rows, cicp(1, 13, 0, 0))) == ((255, 0, 128), (0, 255, 0))


def test_a_name_makes_no_srgb() -> None:
    linear = colour_profile(SRGB_PRIMARIES, Curve((1.0,)))
    at = linear.index("declared".encode("utf-16-be"))
    named = linear[:at] + "sRGB lin".encode("utf-16-be") + linear[at + 16 :]
    assert near(seen(png(8, 2, halves(PINK, MINT), iccp(named)))[:1], (LINEAR_PINK,))
    same = colour_profile(SRGB_PRIMARIES, SRGB_CURVE)
    assert seen(png(8, 2, halves(PINK, MINT), iccp(same))) == (tuple(PINK), tuple(MINT))


def test_a_profile_of_megabytes_counts() -> None:
    profile = colour_profile(P3, SRGB_CURVE) + bytes(1_500_000)
    profile = struct.pack(">I", len(profile)) + profile[4:]
    assert near(seen(png(8, 2, halves(PINK, MINT), iccp(profile))), (P3_PINK, P3_MINT))


RED, GREEN, HALF_BLUE, NOTHING = (
    bytes(each) for each in ((255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 128), (0,) * 4)
)


def frames(data: bytes) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    photo, film = read_film(data, 10_000, animated=True)
    assert inspect(data, 10_000, animated=True) == photo
    assert set(film.durations) == {100}
    shown = [frame.convert("RGBA") for frame in film.frames]
    return [(each.getpixel(LEFT), each.getpixel(RIGHT)) for each in shown]


@pytest.mark.parametrize(
    ("dispose", "blend", "second", "third"),
    [
        (0, 1, (127, 0, 128, 255), (127, 0, 128, 255)),
        (0, 0, (0, 0, 255, 128), (0, 0, 255, 128)),
        (1, 1, (127, 0, 128, 255), (0, 0, 0, 0)),
        (2, 1, (127, 0, 128, 255), (255, 0, 0, 255)),
        (2, 0, (0, 0, 255, 128), (255, 0, 0, 255)),
    ],
)
def test_pictures_are_put_over_or_instead_and_disposed_of(
    dispose: int, blend: int, second: tuple, third: tuple
) -> None:
    shown = frames(apng([(0, 16, RED, 0, 0), (8, 8, HALF_BLUE, dispose, blend), (0, 1, NOTHING, 0, 1)]))
    assert shown == [(tuple(RED), tuple(RED)), (tuple(RED), second), (tuple(RED), third)]


def test_plays_beyond_what_others_can_say_are_as_many_as_they_can() -> None:
    assert (
        read_film(apng([(0, 16, RED, 0, 0), (0, 16, GREEN, 0, 0)], 70_000), 10_000, animated=True)[1].plays
        == 65_535
    )


@pytest.mark.parametrize("count", [1, 3])
def test_an_animation_of_other_pictures_than_declared_is_damage_where_it_is_kept(count: int) -> None:
    data = apng([(0, 16, RED, 0, 0), (0, 16, GREEN, 0, 0)], count=count)
    assert read(data, 10_000)[1].getpixel(LEFT) == (255, 0, 0)
    if count > 1:
        with pytest.raises(DamagedPhoto, match="declares 3 pictures, but holds 2"):
            read_film(data, 10_000, animated=True)
    with pytest.raises(TooManyFrames):
        read(apng([(0, 16, RED, 0, 0)], count=1001), 10_000)


def test_the_orientation_is_in_exif_before_the_pixels() -> None:
    exif = b"MM\0*\0\0\0\x08\0\1" + struct.pack(">HHLHH", 0x0112, 3, 1, 6, 0) + bytes(4)
    assert read(png(8, 2, [b"\1\2\3" * 4] * 2, chunk(b"eXIf", exif), size=(4, 2)), 100)[1].size == (2, 4)
    plain = png(8, 2, [b"\1\2\3" * 4] * 2, size=(4, 2))
    assert read(plain[:-12] + chunk(b"eXIf", exif) + plain[-12:], 100)[1].size == (4, 2), "as in browsers"
    text = chunk(b"iTXt", b'XML:com.adobe.xmp\0\0\0\0\0<x tiff:Orientation="6"/>')
    assert read(png(8, 2, [b"\1\2\3" * 4] * 2, text, size=(4, 2)), 100)[1].size == (4, 2)


@pytest.mark.parametrize("stray", [chunk(b"tRNS", u16(200, 100, 50)), gama(1.0), cicp(12, 13)])
def test_an_ancillary_chunk_behind_the_pixels_is_ignored(stray: bytes) -> None:
    plain = png(8, 2, PLAIN)
    assert seen(plain[:-12] + stray + plain[-12:]) == ((200, 100, 50), (10, 220, 30))


def test_a_palette_s_opacity_belongs_behind_it() -> None:
    rows, opacity = [packed([0] * 8 + [1] * 8, 1)] * H, chunk(b"tRNS", b"\x64")
    assert seen(png(1, 3, rows, opacity, PALETTE)) == ((200, 100, 50), (10, 220, 30))


def adam7(depth: int, kind: int, rows: int = H) -> bytes:
    """Return an interlaced picture: the left half full, the right empty; only its first ``rows``."""
    samples, most = {0: 1, 2: 3}[kind], 2**depth - 1
    packed_rows = b""
    for left, top, across, down in png_rows._PASSES:
        row = [each for x in range(left, 16, across) for each in (most * (x < 8),) * samples]
        line = u16(*row) if depth == 16 else packed(row, depth)
        packed_rows += (b"\0" + line) * len(range(top, rows, down))
    header = struct.pack(">IIBBBBB", 16, 16, depth, kind, 0, 0, 1)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(packed_rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(("depth", "kind"), [(1, 0), (2, 0), (4, 0), (8, 0), (16, 0), (8, 2), (16, 2)])
def test_interlaced_rows_of_every_depth(depth: int, kind: int) -> None:
    assert seen(adam7(depth, kind)) == ((255,) * 3, (0,) * 3)
    with pytest.raises(DamagedPhoto, match="cut off: its end is missing"):
        read(adam7(depth, kind, rows=15), 10_000)


def with_pixels(stream: bytes) -> bytes:
    plain = png(8, 2, [])
    at = plain.index(b"IDAT") - 4
    return plain[:at] + chunk(b"IDAT", stream) + chunk(b"IEND", b"")


SOUND = zlib.compress(b"".join(b"\0" + row for row in PLAIN))


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        (zlib.compress(b"".join(b"\0" + row for row in PLAIN[:12])), "cut off: its end is missing"),
        (SOUND[:-14], "cut off: its end is missing"),
        (SOUND[:9] + b"\xff" * 9 + SOUND[18:], "its pixels can't be decoded"),
        (zlib.compress(b"".join(b"\5" + row for row in PLAIN)), "its pixels can't be decoded"),
    ],
)
@pytest.mark.parametrize("look", [inspect, read])
def test_a_stream_that_lacks_rows_or_makes_no_sense_is_no_black_picture(
    look, stream: bytes, words: str
) -> None:
    with pytest.raises(DamagedPhoto, match=words):
        look(with_pixels(stream), 10_000)


def test_a_stream_may_go_on_and_the_last_row_may_be_black() -> None:
    black = zlib.compress(b"".join(b"\0" + row for row in [*PLAIN[:-1], bytes(48)]))
    for stream in (SOUND + b"more", zlib.compress(b"".join(b"\0" + row for row in PLAIN * 2)), black):
        assert seen(with_pixels(stream)) == ((200, 100, 50), (10, 220, 30))


def test_a_frame_that_lacks_rows_is_cut_off() -> None:
    moving = apng([(0, 16, RED, 0, 0), (0, 16, GREEN, 0, 0)])
    at = moving.index(b"fdAT") - 4
    half = struct.pack(">I", 2) + zlib.compress((b"\0" + GREEN * 16) * 8)
    with pytest.raises(DamagedPhoto, match="cut off"):
        read_film(moving[:at] + chunk(b"fdAT", half) + chunk(b"IEND", b""), 10_000, animated=True)


@pytest.mark.parametrize(
    ("at", "value"), [(10, 1), (11, 1), (12, 2)], ids=["compression", "filter", "interlacing"]
)
def test_a_header_of_undefined_values_is_damage(at: int, value: int) -> None:
    header = bytearray(struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0))
    header[at] = value
    plain = png(8, 2, PLAIN)
    with pytest.raises(DamagedPhoto, match="compression, filter or interlacing"):
        read(plain[:8] + chunk(b"IHDR", bytes(header)) + plain[33:], 10_000)


def test_there_is_one_header_and_every_critical_chunk_is_known() -> None:
    plain = png(8, 2, PLAIN)
    for data in (plain[:33] + plain[8:], plain[:8] + plain[33:]):
        with pytest.raises(DamagedPhoto, match="exactly one header"):
            read(data, 10_000)
    with pytest.raises(UnsupportedFormat, match="critical chunks of an unknown kind"):
        read(plain[:33] + chunk(b"ABCD", b"") + plain[33:], 10_000)


def test_a_key_in_rows_of_odd_widths() -> None:
    data = png(4, 0, [packed([15, 6, 15], 4)] * 2, chunk(b"tRNS", u16(15)), size=(3, 2))
    picture = read(data, 100)[1]
    assert [picture.getpixel((x, 1)) for x in range(3)] == [
        (255,) * 3 + (0,),
        (102,) * 3 + (255,),
        (255,) * 3 + (0,),
    ]
