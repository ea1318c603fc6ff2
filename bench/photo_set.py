"""Make a set of photos to measure with: camera-like pictures of chosen sizes, formats and orientations."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path

from PIL import ExifTags, Image

from bench import project
from core.errors import SetupError


class Format(StrEnum):
    """The formats of the photos."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    TIFF = "tiff"
    AVIF = "avif"


TILES = ("mountain.jpg", "dandelion.jpg", "sunset.jpg")
RATIO = 3 / 2  # of the longer to the shorter side, as most cameras have it
QUALITY = 92  # as cameras save
ORIENTATIONS = range(1, 9)  # EXIF's
# How the pixels are stored so that a viewer that obeys the orientation shows them upright.
_STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def make(
    folder: Path, count: int, megapixels: Sequence[float], formats: Sequence[Format], seed: int
) -> Iterator[Path]:
    """Write ``count`` photos into ``folder``, which is created, and yield their paths.

    Sizes and formats take turns, and so do EXIF's eight orientations; all photos are upright where the
    orientation is obeyed. The same arguments make the same pictures.

    Raises:
        SetupError: This is no checkout, whose sample photos the pictures are made of.
        OSError: A file can't be written.
    """
    chance = random.Random(seed)  # noqa: S311 - pictures, no secrets
    scenes = [_scene(name) for name in TILES]
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        size = dimensions(megapixels[number % len(megapixels)])
        kind = formats[number // len(megapixels) % len(formats)]
        orientation = ORIENTATIONS[number % len(ORIENTATIONS)]
        picture = camera_like(size, scenes, chance)
        stored = picture.transpose(_STORED[orientation]) if orientation in _STORED else picture
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        suffix = "jpg" if kind is Format.JPEG else kind
        path = folder / f"{number + 1:04}-{size[0]}x{size[1]}-{orientation}.{suffix}"
        stored.save(path, quality=QUALITY, exif=exif)
        yield path


def dimensions(megapixels: float) -> tuple[int, int]:
    """Return the width and height of a landscape photo."""
    height = max(1, round(math.sqrt(megapixels * 1e6 / RATIO)))
    return max(1, round(height * RATIO)), height


def camera_like(size: tuple[int, int], scenes: Sequence[Image.Image], chance: random.Random) -> Image.Image:
    """Return parts of the scenes side by side at their own scale, so that detail stays real."""
    canvas, tiles = Image.new("RGB", size), chance.randrange(len(scenes))
    width = min(size[0], *(scene.width for scene in scenes))
    height = min(size[1], *(scene.height for scene in scenes))
    for top in range(0, size[1], height):
        for left in range(0, size[0], width):
            scene = scenes[tiles % len(scenes)]
            at = chance.randint(0, scene.width - width), chance.randint(0, scene.height - height)
            canvas.paste(scene.crop((*at, at[0] + width, at[1] + height)), (left, top))
            tiles += 1
    return canvas


def _scene(name: str) -> Image.Image:
    path = project.root() / "samples" / name
    if not path.is_file():
        raise SetupError(f"The photos are made of samples, and {path} is missing: run this in a checkout.")
    with Image.open(path) as picture:
        return picture.convert("RGB")
