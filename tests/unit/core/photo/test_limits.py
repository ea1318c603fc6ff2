import struct
import zlib

import pytest
from PIL import Image

from core.errors import DamagedPhoto, TooManyFrames, TooManyPixels
from core.photo import limits
from core.photo.decode import decode, inspect
from core.recipe import Size

SCAN = b"\xff\xda"
KINDS = ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_declared_size_is_held_against_the_limit(encode, kind: str) -> None:
    data = encode(Image.new("RGB", (40, 25)), kind)
    assert inspect(data, 1000).width == 40
    for read in (inspect, decode):
        with pytest.raises(TooManyPixels, match="40 x 25 pixels, 1,000 in all; at most 999"):
            read(data, 999)


def png_bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that declares this size."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body))

    header = struct.pack(">LLBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(60_000, 60_000), (2**31 - 1, 2**31 - 1), (2**31 - 1, 1)])
def test_a_bomb_is_refused_before_it_goes_off(size: tuple[int, int]) -> None:
    with pytest.raises(TooManyPixels):
        inspect(png_bomb(*size), 10**8)


def test_a_tiff_with_giant_tiles_is_refused() -> None:
    tags = {256: 40, 257: 25, 258: 8, 259: 1, 262: 1, 277: 1, 322: 60_000, 323: 60_000, 324: 8, 325: 1000}
    entries = b"".join(struct.pack("<HHLL", tag, 4, 1, value) for tag, value in tags.items())
    with pytest.raises(TooManyPixels, match="tiles"):
        inspect(b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + bytes(2000), 10**8)


def test_a_jpeg_of_endless_scans_is_refused(encode) -> None:
    data = encode(Image.new("RGB", (40, 25)), "JPEG", progressive=True)
    last = data.rindex(SCAN)
    again = data[last : len(data) - 2] * (101 - data.count(SCAN))
    with pytest.raises(DamagedPhoto, match="101 scans"):
        inspect(data[:-2] + again + data[-2:], 10**8)


def test_what_follows_a_jpeg_is_no_scan(encode) -> None:
    data = encode(Image.new("RGB", (40, 25)), "JPEG", progressive=True)
    assert inspect(data + SCAN * 101, 10**8).width == 40


def test_a_sequential_jpeg_may_hold_what_looks_like_scans(encode) -> None:
    data = encode(Image.new("RGB", (40, 25)), "JPEG", comment=SCAN * 101)
    assert inspect(data, 10**8).width == 40


def test_a_jpeg_whose_scans_hold_a_component_each_is_not_trusted(encode) -> None:
    data = encode(Image.new("L", (40, 25)), "JPEG")
    frame = data.index(b"\xff\xc0")
    scan = data[data.index(SCAN) : len(data) - 2]
    several = data[: frame + 9] + b"\3" + data[frame + 10 : -2] + scan * 100
    with pytest.raises(DamagedPhoto, match="101 scans"):
        inspect(several, 10**8)


def pictures(count: int) -> list[Image.Image]:
    return [Image.new("RGB", (8, 8), (50 * n, 255 - 50 * n, 99)) for n in range(count)]


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_frames_are_counted(encode, kind: str, count: int) -> None:
    first, *others = pictures(count)
    data = encode(first, kind, save_all=True, append_images=others)
    assert inspect(data, 1000).frames == count


def test_frames_with_their_own_palettes_are_counted(encode) -> None:
    first, *others = (picture.quantize() for picture in pictures(4))
    assert (
        inspect(encode(first, "GIF", save_all=True, append_images=others, comment="hello"), 1000).frames == 4
    )


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "WEBP"])
def test_an_endless_animation_is_refused(encode, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(limits, "MAX_FRAMES", 4)
    first, *others = pictures(5)
    with pytest.raises(TooManyFrames, match="more than 4 pictures"):
        inspect(encode(first, kind, save_all=True, append_images=others), 1000)


def test_a_tiff_that_bites_its_tail_ends(encode) -> None:
    first, second = pictures(2)
    data = bytearray(encode(first, "TIFF", save_all=True, append_images=[second]))
    (at,) = struct.unpack_from("<L", data, 4)
    (entries,) = struct.unpack_from("<H", data, at)
    struct.pack_into("<L", data, at + 2 + 12 * entries, at)
    assert inspect(bytes(data), 1000).frames == 1


def test_a_chain_that_leads_out_of_the_file_ends(encode) -> None:
    data = bytearray(encode(pictures(1)[0], "TIFF"))
    (at,) = struct.unpack_from("<L", data, 4)
    (entries,) = struct.unpack_from("<H", data, at)
    struct.pack_into("<L", data, at + 2 + 12 * entries, len(data) + 100)
    assert inspect(bytes(data), 1000).frames == 1


def test_what_follows_a_gif_is_not_counted(encode) -> None:
    data = encode(pictures(1)[0], "GIF")
    assert inspect(data + b"\x3b" + b"," * 100, 1000).frames == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_outgrows_the_worker_is_refused(
    encode, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    data = encode(Image.new("RGB", (1024, 1024)), kind)
    needed = limits.BASE_MB + limits.BYTES_PER_PIXEL[kind.lower()]
    monkeypatch.setenv("TWINLENS_MEMORY_MB", str(needed))
    assert inspect(data, 10**7).width == 1024
    monkeypatch.setenv("TWINLENS_MEMORY_MB", str(needed - 1))
    with pytest.raises(
        TooManyPixels, match=f"from {kind} takes {needed} MB of memory, and there are {needed - 1}"
    ):
        inspect(data, 10**7)


def test_a_progressive_jpeg_needs_more_memory_than_a_plain_one(
    encode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWINLENS_MEMORY_MB", str(limits.BASE_MB + 2))
    picture = Image.new("RGB", (1024, 1024))
    assert inspect(encode(picture, "JPEG"), 10**7).width == 1024
    with pytest.raises(TooManyPixels, match="memory"):
        inspect(encode(picture, "JPEG", progressive=True), 10**7)


def test_a_recipe_that_asks_for_more_than_the_worker_holds_is_refused(
    encode, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encode(Image.new("RGB", (1024, 1024)), "JPEG")
    monkeypatch.setenv("TWINLENS_MEMORY_MB", str(limits.BASE_MB + limits.BYTES_PER_PIXEL_DRAFTED - 1))
    assert decode(data, 10**7, [Size("small", 500, 500)]).size == (512, 512)
    with pytest.raises(TooManyPixels, match="sizes as large as the recipe's takes 132 MB"):
        decode(data, 10**7, [Size("large", 1000, 1000)])
