from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageCms

from core.errors import UnsupportedFormat
from core.photo.decode import decode

SAMPLES = Path(__file__).parents[4] / "samples"
ORANGE = (230, 120, 30)


def close(pixel: tuple[int, ...], expected: tuple[int, ...], tolerance: int = 3) -> bool:
    return len(pixel) == len(expected) and all(
        abs(a - b) <= tolerance for a, b in zip(pixel, expected, strict=True)
    )


def pixel(data: bytes) -> tuple[int, ...]:
    image = decode(data, 10_000)
    return image.getpixel((image.width // 2, image.height // 2))


def wide_gamut() -> bytes:
    """Return the Adobe RGB profile that one of the samples carries."""
    with Image.open(SAMPLES / "adobe-rgb.jpg") as image:
        return image.info["icc_profile"]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("RGB", ORANGE),
        ("RGBA", ORANGE),
        ("P", ORANGE),
        ("L", (143, 143, 143)),
        ("LA", (143, 143, 143)),
        ("1", (255, 255, 255)),
        ("I;16", (143, 143, 143)),
    ],
)
def test_every_mode_of_a_png_becomes_rgb(encode, mode: str, expected: tuple[int, ...]) -> None:
    image = Image.new("RGB", (16, 16), ORANGE)
    if mode == "I;16":
        image = Image.frombytes("I;16", (16, 16), (143 * 257).to_bytes(2, "little") * 256)
    elif mode == "1":
        image = Image.new("1", (16, 16), 1)
    elif mode == "P":
        image = image.quantize(4)
    else:
        image = image.convert(mode)
    assert close(pixel(encode(image, "PNG")), expected)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_kept(encode, mode: str) -> None:
    image = Image.new("RGBA", (16, 16), (*ORANGE, 100)).convert(mode)
    assert pixel(encode(image, "PNG"))[3] == 100


def test_a_transparent_colour_becomes_alpha(encode) -> None:
    image = Image.new("RGB", (16, 16), ORANGE)
    assert pixel(encode(image, "PNG", transparency=ORANGE))[3] == 0
    assert decode(encode(image, "PNG", transparency=(0, 0, 0)), 10_000).mode == "RGB"


def test_a_transparent_palette_entry_becomes_alpha(encode) -> None:
    image = Image.new("P", (16, 16), 1)
    image.putpalette([0, 0, 0, *ORANGE])
    assert pixel(encode(image, "GIF", transparency=1))[3] == 0


def test_a_transparent_gray_of_sixteen_bits_becomes_alpha(encode) -> None:
    image = Image.frombytes("I;16", (16, 16), b"\x00\x80" * 256)
    assert pixel(encode(image, "PNG", transparency=32768))[3] == 0
    assert pixel(encode(image, "PNG", transparency=32769)) == (128, 128, 128)


def test_cmyk_without_a_profile_is_mixed_by_the_rule(encode) -> None:
    image = Image.new("CMYK", (16, 16), (51, 102, 153, 51))
    expected = tuple(round((255 - ink) * (255 - 51) / 255) for ink in (51, 102, 153))
    assert close(pixel(encode(image, "TIFF")), expected)
    assert close(pixel(encode(image, "JPEG", quality=95)), expected)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_wide_gamut_is_converted(encode, kind: str) -> None:
    plain = (100, 180, 90)
    image = Image.new("RGB", (16, 16), plain)
    options = {"icc_profile": wide_gamut()} | ({"quality": 95} if kind in {"JPEG", "WEBP"} else {})
    red, green, _ = pixel(encode(image, kind, **options))
    assert red < plain[0] - 15, "Adobe RGB's green is greener than sRGB's"
    assert green >= plain[1] - 3


def test_alpha_survives_a_colour_conversion(encode) -> None:
    image = Image.new("RGBA", (16, 16), (100, 180, 90, 60))
    red, _, _, alpha = pixel(encode(image, "PNG", icc_profile=wide_gamut()))
    assert red < 85
    assert alpha == 60


def test_a_profile_of_another_mode_is_ignored(encode) -> None:
    image = Image.new("L", (16, 16), 100)
    assert close(pixel(encode(image, "PNG", icc_profile=wide_gamut())), (100, 100, 100))


@pytest.mark.parametrize("profile", [b"no profile", b"\0" * 128])
def test_a_broken_profile_is_ignored(encode, profile: bytes) -> None:
    assert close(pixel(encode(Image.new("RGB", (16, 16), ORANGE), "PNG", icc_profile=profile)), ORANGE)


def test_a_profile_too_large_to_be_one_is_ignored(encode) -> None:
    data = encode(Image.new("RGB", (16, 16), ORANGE), "TIFF", icc_profile=wide_gamut() + bytes(2**22))
    assert pixel(data) == ORANGE


def test_an_srgb_profile_changes_nothing(encode) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert pixel(encode(Image.new("RGB", (16, 16), ORANGE), "PNG", icc_profile=profile)) == ORANGE


@pytest.mark.parametrize("mode", ["I", "F", "LAB"])
def test_samples_without_an_agreed_meaning_are_refused(encode, mode: str) -> None:
    with pytest.raises(UnsupportedFormat, match="not accepted"):
        decode(encode(Image.new(mode, (8, 8)), "TIFF"), 10_000)


def test_ycck_is_read_as_the_cmyk_it_stands_for(encode) -> None:
    ink, black = (200, 60, 20), 40
    luma_chroma = Image.new("RGB", (16, 16), ink).convert("YCbCr").split()
    # Pillow writes inks upside down, as Adobe does, and calls them CMYK: the transform's byte is made YCCK's.
    planes = [*map(ImageChops.invert, luma_chroma), Image.new("L", (16, 16), black)]
    data = bytearray(encode(Image.merge("CMYK", planes), "JPEG", quality=100, subsampling=0))
    transform = data.index(b"Adobe") + 11
    assert data[transform] == 0
    data[transform] = 2
    made = decode(bytes(data), 10**6).getpixel((8, 8))
    wanted = [(255 - each) * (255 - black) / 255 for each in ink]
    assert max(abs(one - two) for one, two in zip(made, wanted, strict=True)) < 4
