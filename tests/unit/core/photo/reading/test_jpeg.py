"""JPEG files that lack their end, go on behind it, or are of a kind that is not read."""

import re
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from core.errors import DamagedPhoto, UnsupportedFormat
from core.photo import budget, containers
from core.photo.decode import decode, inspect, read
from core.photo.icc import D65, SRGB_CURVE, Primaries, colour_profile
from core.recipe import Size

KINDS = {
    "baseline": {},
    "progressive": {"progressive": True},
    "full chroma": {"subsampling": 0},
    "restarts": {"restart_marker_rows": 1},
    "gray": {"mode": "L", "progressive": True},
    "inks": {"mode": "CMYK"},
}


def jpeg(encode, kind: str) -> bytes:
    noise = Image.effect_noise((120, 90), 90).convert("RGB")
    options = {"quality": 80, **KINDS[kind]}
    return encode(noise.convert(options.pop("mode", "RGB")), "JPEG", **options)


@pytest.mark.parametrize("tail", [b"", b"\xff", bytes(3), bytes(300), b"and some more"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_jpeg_that_lacks_only_its_end_marker_is_whole(encode, kind: str, tail: bytes) -> None:
    data = jpeg(encode, kind)
    without = data[:-2] + tail
    assert ImageChops.difference(decode(without, 10**6), decode(data, 10**6)).getbbox() is None
    assert inspect(without, 10**6).width == 120


def test_a_missing_end_takes_the_memory_of_one_decode_at_a_time(encode) -> None:
    """That is a gray picture of all pixels, as the memory rule has it."""
    data = encode(Image.new("RGB", (4000, 4000), "gray"), "JPEG")
    status = Path("/proc/self/status")
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    before = int(re.findall(r"VmRSS:\s+(\d+)", status.read_text())[0])
    assert decode(data[:-2], 10**8, [Size("a", 100, 100)]).width >= 100
    taken = int(re.findall(r"VmHWM:\s+(\d+)", status.read_text())[0]) - before
    assert taken / 1024 < 16 * budget.DECODING["jpeg"] * 0.954 + 8


@pytest.mark.parametrize("missing", [8, 60, 1000])
@pytest.mark.parametrize("kind", KINDS)
def test_one_that_lacks_pixels_is_cut_off(encode, kind: str, missing: int) -> None:
    data = jpeg(encode, kind)
    for look in (inspect, decode, lambda *of: decode(*of, [Size("a", 30, 30)])):
        with pytest.raises(DamagedPhoto, match=r"^The JPEG file is cut off: its end is missing\.$"):
            look(data[: -2 - missing], 10**6)


def test_one_that_lacks_whole_scans_is_cut_off(encode) -> None:
    data = jpeg(encode, "progressive")
    last = data.rindex(b"\xff\xc4")  # the tables of the last scan
    assert containers.jpeg_scans(data).complete
    assert not containers.jpeg_scans(data[:last]).complete
    with pytest.raises(DamagedPhoto, match="cut off"):
        inspect(data[:last], 10**6)


@pytest.mark.parametrize("kind", KINDS)
def test_what_follows_the_end_is_none_of_the_photo(encode, kind: str) -> None:
    data = jpeg(encode, kind)
    motion = data + b"\0\0\0\x18ftypmp42" + b"\xff\xda\x12\x34" * 200 + data
    assert decode(motion, 10**6).tobytes() == decode(data, 10**6).tobytes()


@pytest.mark.parametrize(
    ("kind", "bits", "components", "words"),
    [
        (0xC1, 12, 3, "12 bits a sample"),
        (0xC2, 12, 3, "12 bits a sample"),
        (0xC3, 16, 3, "16 bits a sample"),
        (0xC5, 8, 3, "Hierarchical JPEG"),
        (0xC0, 8, 2, "2 components"),
    ],
)
def test_what_is_not_read_is_named(encode, kind: int, bits: int, components: int, words: str) -> None:
    data = bytearray(encode(Image.new("RGB", (16, 16)), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 1], data[at + 4], data[at + 9] = kind, bits, components
    with pytest.raises(UnsupportedFormat, match=f"{words}.*not accepted; send "):
        inspect(bytes(data), 10**6)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "TIFF", "AVIF"])
def test_an_orientation_in_xmp_alone_turns_nothing_as_in_browsers(encode, kind: str) -> None:
    xmp = b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/>'
    options = {"tiffinfo": {700: xmp}} if kind == "TIFF" else {"xmp": xmp}
    photo, picture = read(encode(Image.new("RGB", (30, 20)), kind, **options), 10**6)
    assert (photo.width, photo.height, picture.size) == (30, 20, (30, 20))


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2) + body


@pytest.mark.parametrize(
    "body",
    [
        b"JFIF",
        b"JFIF\0\1",
        b"Exif\0\0",
        b"ICC_PROFILE\0",
        b"ICC_PROFILE\0\1",
        b"Adobe",
        b"Photoshop 3.0\x008BIM",
        b"MPF\0II",
    ],
)
def test_metadata_that_is_too_short_is_ignored(encode, body: bytes) -> None:
    data = jpeg(encode, "baseline")
    for marker in (0xE0, 0xE1, 0xE2, 0xED, 0xEE):
        changed = data[:20] + segment(marker, body) + data[20:]
        assert decode(changed, 10**6).tobytes() == decode(data, 10**6).tobytes()


P3 = colour_profile(Primaries(D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)), SRGB_CURVE)
HALF = len(P3) // 2
PARTS = {1: (1, P3[:HALF]), 2: (2, P3[HALF:])}


@pytest.mark.parametrize(
    ("numbers", "total", "red"),
    [
        ((1, 2), 2, 215),
        ((2, 1), 2, 215),
        ((1, 1, 2), 2, 215),
        ((1,), 2, 200),
        ((1, 2), 3, 200),
        ((1, 2), 0, 200),
    ],
)
def test_a_profile_in_parts_is_put_together_by_their_numbers(
    encode, numbers: tuple, total: int, red: int
) -> None:
    data = encode(Image.new("RGB", (16, 16), (200, 100, 100)), "JPEG", quality=95)
    parts = (
        segment(0xE2, b"ICC_PROFILE\0" + bytes((number, total)) + PARTS[number][1]) for number in numbers
    )
    seen = decode(data[:20] + b"".join(parts) + data[20:], 10**6).getpixel((8, 8))
    assert abs(seen[0] - red) < 4


@pytest.mark.parametrize(
    ("adobe", "wanted"),
    [(None, (0, 255, 255)), (0, (0, 255, 255)), (2, (77, 255, 30))],
)
def test_inks_are_inverted_with_and_without_adobe_s_marker(encode, adobe: int | None, wanted: tuple) -> None:
    """As in browsers; the marker also says whether three of them are luma and chroma."""
    data = encode(Image.new("CMYK", (16, 16), (255, 0, 0, 0)), "JPEG", quality=100, subsampling=0)
    at = data.index(b"\xff\xee")
    end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
    marker = b"" if adobe is None else segment(0xEE, b"Adobe\0\x64" + bytes(4) + bytes((adobe,)))
    seen = decode(data[:at] + marker + data[end:], 10**6).getpixel((8, 8))
    assert all(abs(one - two) <= 6 for one, two in zip(seen, wanted, strict=True))
