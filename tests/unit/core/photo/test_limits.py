import re
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image
from PIL.ImageFile import ImageFile

from core import recipes
from core.errors import DamagedPhoto, TooManyFrames, TooManyPixels
from core.photo import budget, limits, reading
from core.photo.decode import DRAFT_HEADROOM, REDUCE_HEADROOM, decode, inspect, read_film
from core.recipe import Recipe
from tools import crafted
from tools.parts import gif

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


def one_size(width: int, height: int, *, fit: str = "inside", **more: object) -> Recipe:
    size = {"name": "a", "width": width, "height": height, "fit": fit}
    table = {"sizes": [size], "outputs": [{"format": "png"}]}
    return recipes.parse("mine", table | more)


def least_mb(data: bytes, chosen: Recipe) -> int:
    """Return the memory from which on the photo is taken, and see that the refusals below name it."""
    low, high = 1, 10_000
    with pytest.MonkeyPatch.context() as patch:
        while low < high:
            patch.setenv("TWINLENS_MEMORY_MB", str(middle := (low + high) // 2))
            try:
                inspect(data, 10**8, chosen.boxes, animated=chosen.animated, recipe=chosen)
            except TooManyPixels as error:
                low = middle + 1
                needed = int(re.findall(r"takes ([\d,]+) MB", str(error))[0].replace(",", ""))
            else:
                high = middle
    assert low == needed
    return low


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_outgrows_the_worker_is_refused(
    encode, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    data, chosen = encode(Image.new("RGB", (1024, 1024)), kind), one_size(100, 100)
    needed = least_mb(data, chosen)
    assert limits.WORKER_MB < needed < limits.WORKER_MB + 20
    monkeypatch.setenv("TWINLENS_MEMORY_MB", str(needed - 1))
    sentence = rf"1024 x 1024 pixels; decoding it from {kind} takes {needed} MB of memory, and there are "
    for read in (inspect, read_film):
        with pytest.raises(TooManyPixels, match=rf"{sentence}{needed - 1}\. Send a smaller one, or raise"):
            read(data, 10**7, chosen.boxes, recipe=chosen)


@pytest.mark.parametrize("kind", KINDS)
def test_the_memory_is_known_before_a_pixel_is_decoded(
    encode, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    decoded = []
    monkeypatch.setattr(ImageFile, "load", lambda image: decoded.append(image))
    source = reading.load(kind.lower()).open(encode(Image.new("RGB", (64, 48)), kind))
    chosen = one_size(10, 10)
    assert max(each.peak for each in budget.stages(source, kind.lower(), chosen.boxes, chosen, (1.0, 2.0)))
    assert (source.turn, source.copyright, decoded) == (1, "", [])


@pytest.mark.parametrize(
    ("mode", "options"), [("RGB", {"progressive": True}), ("CMYK", {"progressive": True})]
)
def test_a_progressive_jpeg_needs_more_memory_than_a_plain_one(
    encode, mode: str, options: dict[str, object]
) -> None:
    picture, chosen = Image.new(mode, (3000, 2000)), one_size(100, 100)
    assert (
        least_mb(encode(picture, "JPEG", **options), chosen) > least_mb(encode(picture, "JPEG"), chosen) + 40
    )


def test_a_jpeg_with_a_scan_for_each_component_needs_as_much_as_a_progressive_one(encode) -> None:
    planes = tuple(Image.new("L", (2000, 2000), tone) for tone in (90, 120, 130))
    data, chosen = crafted.jpeg_with_a_scan_for_each_component(planes), one_size(100, 100)
    assert least_mb(data, chosen) > limits.WORKER_MB + 30


@pytest.mark.parametrize("bits", [8, 16])
def test_a_strip_and_a_tile_count_as_a_whole(bits: int) -> None:
    chosen = one_size(100, 100)
    strip = least_mb(crafted.tiff((3000, 2000), 3, bits), chosen)
    assert strip >= limits.WORKER_MB + 6 * (5 + 3 * bits // 8) * 0.93
    assert least_mb(crafted.tiff((64, 64), 3, bits, (2000, 2000)), chosen) > limits.WORKER_MB + 12 * bits // 8


def test_inks_with_opacity_are_held_as_channels_and_twice_as_pictures() -> None:
    data = crafted.tiff((2000, 2000), 5, 8, (256, 256))
    assert least_mb(data, one_size(100, 100)) >= limits.WORKER_MB + 4 * 14 * 0.93


def test_a_gif_s_later_picture_counts_where_it_is_larger_than_the_canvas(encode) -> None:
    small, large = (encode(Image.new("P", size), "GIF") for size in ((64, 64), (3000, 2000)))
    later = [part for part in gif.split(large) if part.kind == b","]
    data = gif.join([*gif.split(small), *later])
    assert least_mb(data, one_size(100, 100)) >= limits.WORKER_MB + 6 * 7 * 0.93


def test_a_wide_png_that_is_hardly_reduced_counts_with_its_copy() -> None:
    data, chosen = crafted.png((50_000, 100), 8, 2), one_size(400, 100, fit="cover")
    assert least_mb(data, chosen) >= limits.WORKER_MB + 5 * 9 * 0.93


def test_a_strip_that_is_too_large_for_its_decoder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(TooManyPixels, match="strip or tile that is too large; save it with smaller ones"):
        decode(crafted.tiff((100, 100), 5, 16), 10**8)


def test_a_defect_of_the_rule_is_no_photo_s_damage(encode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "DECODING", {})
    for read in (inspect, decode):
        with pytest.raises(KeyError):
            read(encode(Image.new("RGB", (8, 8)), "PNG"), 10**8)


@pytest.mark.parametrize(
    ("more", "at_least"),
    [
        ({"outputs": [{"format": "avif"}]}, 56),
        ({"outputs": [{"format": "webp"}]}, 36),
        ({"outputs": [{"format": "webp"}], "filters": [{"name": "round_corners"}]}, 50),
        ({"outputs": [{"format": "jpeg", "quality": 90}]}, 17),
        ({"outputs": [{"format": "auto"}]}, 56),
        ({"filters": [{"name": "round_corners"}]}, 32),
        ({"filters": [{"name": "rotate", "degrees": 45}]}, 48),
    ],
)
def test_what_the_recipe_does_counts(encode, more: dict[str, object], at_least: int) -> None:
    data = encode(Image.new("RGB", (3000, 2000)), "JPEG")
    assert least_mb(data, one_size(3000, 2000, **more)) >= limits.WORKER_MB + at_least * 6 / 1.05


def test_a_whole_photo_of_90_megapixels_is_written_as_jpeg_at_the_default_memory(encode) -> None:
    source = reading.load("jpeg").open(encode(Image.new("RGB", (100, 100)), "JPEG"))
    source.size = (10_000, 9_000)
    whole = one_size(*source.size, outputs=[{"format": "jpeg"}])
    stage = max(
        budget.stages(source, "jpeg", whole.boxes, whole, (DRAFT_HEADROOM, REDUCE_HEADROOM)),
        key=lambda each: each.peak,
    )
    assert limits.needed(20 * 2**20, stage) <= 1024


def test_a_long_picture_turned_by_a_filter_counts_as_large_as_it_gets(encode) -> None:
    data = encode(Image.new("RGB", (6000, 20)), "PNG")
    turned = one_size(6000, 20, filters=[{"name": "rotate", "degrees": 45}])
    assert least_mb(data, turned) > least_mb(data, one_size(6000, 20)) + 300


def test_the_file_itself_counts(encode) -> None:
    data = encode(Image.new("RGB", (64, 64)), "PNG")
    assert least_mb(data + bytes(30 * 2**20), one_size(9, 9)) == least_mb(data, one_size(9, 9)) + 30


@pytest.mark.parametrize(
    ("memory_mb", "kind"), [(1024, "JPEG"), (2048, "JPEG"), (1024, "PNG"), (2048, "WEBP")]
)
def test_a_photo_of_100_megapixels_is_taken_by_the_default_settings(
    monkeypatch: pytest.MonkeyPatch, memory_mb: int, kind: str
) -> None:
    gallery, name = recipes.load("gallery"), kind.lower()
    monkeypatch.setenv("TWINLENS_MEMORY_MB", str(memory_mb))
    small = BytesIO()
    Image.new("RGB", (100, 100)).save(small, kind)
    source = reading.load(name).open(small.getvalue())
    source.size = (10_000, 10_000)
    stages = budget.stages(source, name, gallery.boxes, gallery, (DRAFT_HEADROOM, REDUCE_HEADROOM))
    limits.check_memory(source.size, 40 * 2**20, stages)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_decoded_before_the_memory_is_checked(encode, monkeypatch, kind: str) -> None:
    data, chosen = encode(Image.new("RGB", (64, 64)), kind), one_size(100, 100)
    monkeypatch.setenv("TWINLENS_MEMORY_MB", "1")
    decoded = []
    monkeypatch.setattr(type(Image.open(BytesIO(data))), "load", lambda image: decoded.append(image))
    with pytest.raises(TooManyPixels, match="takes 120 MB of memory, and there are 1"):
        read_film(data, 10**7, chosen.boxes, recipe=chosen)
    assert not decoded


def test_where_photos_share_a_worker_the_part_for_pictures_counts(encode, monkeypatch) -> None:
    data, chosen = encode(Image.new("RGB", (1024, 1024)), "PNG"), one_size(100, 100)
    monkeypatch.setenv("TWINLENS_MEMORY_MB", "2048")
    monkeypatch.setenv("TWINLENS_PHOTO_MB", "9")
    assert inspect(data, 10**7, chosen.boxes, recipe=chosen).width == 1024
    monkeypatch.setenv("TWINLENS_PHOTO_MB", "8")
    with pytest.raises(TooManyPixels, match="takes 9 MB of memory, and there are 8"):
        inspect(data, 10**7, chosen.boxes, recipe=chosen)


def test_scans_and_pixels_count_together(encode, monkeypatch: pytest.MonkeyPatch) -> None:
    data = encode(Image.new("RGB", (100, 100)), "JPEG", progressive=True)
    scans = data.count(b"\xff\xda")
    monkeypatch.setattr(limits, "MAX_SCANNED_PIXELS", scans * 10_000)
    assert inspect(data, 10**8).width == 100
    monkeypatch.setattr(limits, "MAX_SCANNED_PIXELS", scans * 10_000 - 1)
    with pytest.raises(TooManyPixels, match=f"in {scans} scans"):
        inspect(data, 10**8)
    assert inspect(encode(Image.new("RGB", (400, 400)), "JPEG"), 10**8).width == 400
