"""JPEG files that lack their end, go on behind it, or are of a kind that is not read."""

import pytest
from PIL import Image, ImageChops

from core.errors import DamagedPhoto, UnsupportedFormat
from core.photo import containers
from core.photo.decode import decode, inspect, read
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
