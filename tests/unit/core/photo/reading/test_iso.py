"""Colours that AVIF and HEIC files declare by code points, and the part of an AVIF that is shown."""

import struct

import pytest
from PIL import Image

from core.errors import UnsupportedFormat
from core.photo.decode import inspect, read
from core.photo.icc import SRGB_CURVE, SRGB_PRIMARIES, Primaries, colour_profile
from core.photo.reading import iso

PINK = (200, 100, 100)
P3 = Primaries((0.3127, 0.3290), (0.680, 0.320), (0.265, 0.690), (0.150, 0.060))


def declaring(encode, primaries: int, transfer: int, kind: str = "AVIF", **options: object) -> bytes:
    made = encode(Image.new("RGB", (32, 24), PINK), kind, quality=100, **options)
    at = made.index(b"colrnclx") + 8
    return made[:at] + primaries.to_bytes(2) + transfer.to_bytes(2) + made[at + 4 :]


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
@pytest.mark.parametrize(
    ("primaries", "transfer", "wanted"),
    [
        (1, 13, PINK),
        (2, 2, PINK),
        (1, 1, PINK),
        (1, 6, PINK),
        (12, 13, (215, 93, 97)),
        (12, 2, (215, 93, 97)),
        (1, 8, (229, 168, 168)),
        (1, 4, (200, 99, 99)),  # gamma 2.2
        (1, 5, (186, 74, 74)),  # gamma 2.8
    ],
)
def test_code_points_are_converted(encode, kind: str, primaries: int, transfer: int, wanted: tuple) -> None:
    picture = read(declaring(encode, primaries, transfer, kind), 10**6)[1]
    assert all(abs(one - two) <= 5 for one, two in zip(picture.getpixel((16, 12)), wanted, strict=True))


@pytest.mark.parametrize("transfer", [16, 18])
def test_a_high_dynamic_range_is_refused(encode, transfer: int) -> None:
    with pytest.raises(UnsupportedFormat, match="HDR"):
        read(declaring(encode, 9, transfer), 10**6)


def test_a_profile_comes_before_code_points(encode) -> None:
    image = Image.new("RGB", (32, 24), PINK)
    data = encode(image, "AVIF", quality=100, icc_profile=colour_profile(P3, SRGB_CURVE))
    assert read(data, 10**6)[1].getpixel((16, 12))[0] > 210


def test_the_primary_item_counts(encode) -> None:
    """An alpha plane is an item of its own, with code points or none."""
    image = Image.new("RGBA", (32, 24), (*PINK, 90))
    made = encode(image, "AVIF", quality=100)
    at = made.index(b"colrnclx") + 8
    data = made[:at] + b"\0\x0c\0\x0d" + made[at + 4 :]
    red, _, _, alpha = read(data, 10**6)[1].getpixel((16, 12))
    assert (red > 210, abs(alpha - 90) < 4) == (True, True)


HALVED = (32, 1, 24, 1, -16, 1, 0, 1)  # the left half of 64 x 24: width, height and offsets as fractions


@pytest.mark.parametrize(
    ("aperture", "turn", "wanted"),
    [
        (HALVED, 1, {(0, 0): "left", (31, 23): "left"}),
        ((32, 1, 24, 1, 16, 1, 0, 1), 1, {(0, 0): "right", (31, 23): "right"}),
        ((32, 1, 24, 1, 0, 1, 0, 1), 1, {(0, 0): "left", (31, 23): "right"}),
        (HALVED, 6, {(0, 0): "left", (23, 31): "left"}),
        ((32, 1, 24, 1, -17, 1, 0, 1), 1, None),  # begins outside
        ((31, 1, 24, 1, 0, 1, 0, 1), 1, None),  # begins within a pixel
        ((32, 0, 24, 1, 0, 1, 0, 1), 1, None),
        ((0, 1, 24, 1, 0, 1, 0, 1), 1, None),
    ],
)
def test_only_the_clean_aperture_is_shown(encode, aperture: tuple, turn: int, wanted: dict | None) -> None:
    colours = {"left": (200, 100, 100), "right": (100, 200, 100)}
    image = Image.new("RGB", (64, 24), colours["left"])
    image.paste(colours["right"], (32, 0, 64, 24))
    exif = Image.Exif()
    exif[0x0112] = turn
    profile = colour_profile(SRGB_PRIMARIES, SRGB_CURVE)
    data = encode(image, "AVIF", quality=100, subsampling="4:4:4", icc_profile=profile, exif=exif)
    at = data.index(b"colrprof")  # an optional property that is long enough to become another
    data = bytearray(data[:at] + b"clap" + struct.pack(">IIIIiIiI", *aperture) + data[at + 36 :])
    at = data.index(b"ipma") + 15  # of the only item's properties, all of which become essential
    data[at : at + data[at - 1]] = bytes(each | 0x80 for each in data[at : at + data[at - 1]])
    data = bytes(data)
    photo, picture = read(data, 10**6)
    assert inspect(data, 10**6) == photo
    size = (64, 24) if wanted is None else (32, 24)
    assert (photo.width, photo.height) == picture.size == (size if turn == 1 else size[::-1])
    for place, side in (wanted or {}).items():
        assert all(
            abs(one - two) <= 5 for one, two in zip(picture.getpixel(place), colours[side], strict=True)
        )


@pytest.mark.parametrize(
    "data", [b"", b"\0\0\0\x08meta", b"\0\0\0\1meta", b"\0\0\0\x10meta\0\0\0\0pitm", bytes(64)]
)
def test_broken_boxes_say_nothing(data: bytes) -> None:
    assert iso.profile(data) is None
