"""Profiles made of numbers, against littleCMS and published values."""

from io import BytesIO

import pytest
from PIL import Image, ImageCms

from core.photo import cicp
from core.photo.icc import (
    SRGB_CURVE,
    SRGB_PRIMARIES,
    Curve,
    Primaries,
    _columns,
    colour_profile,
    gray_profile,
)


def test_srgb_and_display_p3_have_their_published_columns() -> None:
    srgb = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
    p3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
    display_p3 = Primaries((0.3127, 0.3290), (0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
    for primaries, published in ((SRGB_PRIMARIES, srgb), (display_p3, p3)):
        for made, wanted in zip(_columns(primaries), published, strict=True):
            assert made == pytest.approx(wanted, abs=0.0003)


def converted(profile: bytes, mode: str, pixel: int | tuple[int, int, int]) -> tuple[int, ...]:
    image = ImageCms.profileToProfile(
        Image.new(mode, (1, 1), pixel),
        ImageCms.ImageCmsProfile(BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        outputMode="RGB",
    )
    assert image
    return image.getpixel((0, 0))


@pytest.mark.parametrize("gamma", [1.0, 1.8, 2.2, 2.6])
def test_a_gamma_is_one(gamma: float) -> None:
    light = (128 / 255) ** gamma
    wanted = 255 * (1.055 * light ** (1 / 2.4) - 0.055)
    for made in (
        converted(gray_profile(Curve((gamma,))), "L", 128),
        converted(colour_profile(SRGB_PRIMARIES, Curve((gamma,))), "RGB", (128,) * 3),
    ):
        assert all(abs(each - wanted) <= 1 for each in made)


@pytest.mark.parametrize("primaries", [1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 22])
def test_white_stays_white_whatever_the_primaries(primaries: int) -> None:
    profile = cicp.profile(primaries, 8)
    assert profile
    assert all(each >= 254 for each in converted(profile, "RGB", (255, 255, 255)))
    assert all(each <= 1 for each in converted(profile, "RGB", (0, 0, 0)))


@pytest.mark.parametrize(
    ("transfer", "light"),
    [
        (4, (128 / 255) ** 2.2),
        (5, (128 / 255) ** 2.8),
        (7, ((128 / 255 + 0.1115) / 1.1115) ** (1 / 0.45)),
        (8, 128 / 255),
        (9, 10 ** (2 * (128 / 255 - 1))),
        (10, 10 ** (2.5 * (128 / 255 - 1))),
        (17, 52.37 / 48 * (128 / 255) ** 2.6),
    ],
)
def test_curves_are_those_of_h_273(transfer: int, light: float) -> None:
    profile = cicp.profile(1, transfer, gray=True)
    assert profile
    wanted = 255 * (1.055 * light ** (1 / 2.4) - 0.055)
    assert abs(converted(profile, "L", 128)[0] - wanted) <= 1


@pytest.mark.parametrize("transfer", [0, 1, 2, 3, 6, 11, 12, 13, 14, 15])
def test_what_is_srgb_or_taken_for_it_needs_no_profile(transfer: int) -> None:
    assert cicp.profile(1, transfer) is None
    assert cicp.profile(2, transfer) is None
    assert (cicp.profile(9, transfer) == colour_profile(cicp._PRIMARIES[9], SRGB_CURVE)) is True
