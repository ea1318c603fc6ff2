"""Every operation in every mode, compared with a picture that a person has looked at.

``make golden NAME=sepia`` writes those whose names hold "sepia": anew after a change that is meant, or for a
new filter. Look at them before they are committed.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from core.photo import filters
from core.photo.decode import decode
from core.photo.film import Film
from core.photo.resize import resize
from core.photo.sheet import make
from core.recipe import Sheet, Size

GOLDEN = Path(__file__).parent / "golden"
MEAN, MOST = 0.6, 16  # of 255; libraries round differently from release to release

FITS = {
    "inside": Size("box", 40, 40),
    "contain": Size("box", 40, 40, "contain"),
    "exact": Size("box", 40, 40, "exact"),
    "cover": Size("box", 40, 40, "cover"),
    "cover-focus": Size("box", 40, 40, "cover", focus_x=0.1, focus_y=0.9),
    "cover-entropy": Size("box", 40, 40, "cover", crop="entropy"),
}
INPUTS = {
    **{f"png-{mode}": ("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")},
    **{f"tiff-{mode}": ("TIFF", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16")},
    **{f"jpeg-{mode}": ("JPEG", mode) for mode in ("L", "RGB", "CMYK")},
    **{f"webp-{mode}": ("WEBP", mode) for mode in ("RGB", "RGBA")},
    **{f"avif-{mode}": ("AVIF", mode) for mode in ("RGB", "RGBA")},
    **{f"gif-{mode}": ("GIF", mode) for mode in ("1", "L", "P", "RGBA")},
    **{f"bmp-{mode}": ("BMP", mode) for mode in ("1", "L", "P", "RGB")},
}


def scene(mode: str = "RGB") -> Image.Image:
    """Return a small picture with gradients, edges, a detail off the middle and, with alpha, a hole."""
    image = Image.merge(
        "RGB",
        [
            Image.linear_gradient("L").resize((96, 64)),
            Image.linear_gradient("L").rotate(90).resize((96, 64)),
            Image.new("L", (96, 64), 90),
        ],
    )
    draw = ImageDraw.Draw(image)
    draw.ellipse((60, 8, 90, 38), fill=(250, 220, 60), outline="black")
    for at in range(4, 30, 4):
        draw.line((6, at, 40, at), fill=(20, 20, 20) if at % 8 else (240, 240, 240))
    if mode == "I;16":
        return image.convert("L").point(lambda value: value * 256, "I").convert("I;16")
    if "A" in mode:
        alpha = Image.new("L", image.size, 255)
        ImageDraw.Draw(alpha).rectangle((30, 36, 70, 60), fill=60)
        image.putalpha(alpha)
    return image.convert(mode)


def cases() -> Iterator[tuple[str, Any]]:
    for mode in ("RGB", "RGBA"):
        for name, size in FITS.items():
            yield f"resize-{name}-{mode}", (resize, scene(mode), size)
        film = Film(tuple(scene(mode).rotate(angle) for angle in (0, 30, 60, 90)), (100,) * 4)
        yield f"sheet-{mode}", (make, film, Sheet("sheet", 2, 2, 40, 40), (96, 64))


CASES = dict(cases())


def check(name: str, made: Image.Image) -> None:
    path = GOLDEN / f"{name.replace(';', '')}.png"
    if os.environ.get("TWINLENS_WRITE_GOLDEN"):
        made.save(path, optimize=True)
    assert path.exists(), f"There is no {path}; `make golden NAME={name}` makes it."
    assert alike(made, Image.open(path)), f"The picture is not that in {path}."


def alike(made: Image.Image, golden: Image.Image) -> bool:
    if (made.mode, made.size) != (golden.mode, golden.size):
        return False
    # What is transparent has no colour worth comparing.
    channels = (each.convert("RGBA").convert("RGBa").split() for each in (made, golden))
    differences = [ImageStat.Stat(ImageChops.difference(*pair)) for pair in zip(*channels, strict=True)]
    return all(each.mean[0] < MEAN and each.extrema[0][1] <= MOST for each in differences)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_filter_makes_what_it_made(
    request: pytest.FixtureRequest, mode: str, filter_example: tuple[str, dict[str, Any]]
) -> None:
    variant = request.node.callspec.id.removesuffix(f"-{mode}").removeprefix(f"{mode}-")
    check(f"filter-{variant}-{mode}", filters.apply(scene(mode), *filter_example))


@pytest.mark.parametrize("name", CASES)
def test_an_operation_makes_what_it_made(name: str) -> None:
    operation, *given = CASES[name]
    check(name, operation(*given))


@pytest.mark.parametrize("name", INPUTS)
def test_every_mode_is_read_as_it_was(encode, name: str) -> None:
    kind, mode = INPUTS[name]
    options = {"lossless": True} if kind == "WEBP" else {"quality": 95} if kind in {"JPEG", "AVIF"} else {}
    check(f"decode-{name}", decode(encode(scene(mode), kind, **options), 10**6))


@pytest.mark.parametrize("amount", [0.76, 0.84])
def test_a_changed_picture_is_noticed(amount: float) -> None:
    wanted = filters.apply(scene(), "sepia", {"amount": 0.8})
    assert alike(wanted, wanted.copy())
    assert not alike(filters.apply(scene(), "sepia", {"amount": amount}), wanted)
