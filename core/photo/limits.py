"""Hold what a file declares against the limits, before anything is decoded."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from math import prod
from typing import TYPE_CHECKING

from core.errors import DamagedPhoto, TooManyFrames, TooManyPixels
from core.photo import containers
from core.recipe import Size
from core.trace import memory_mb

if TYPE_CHECKING:
    from core.photo.reading import Source

MAX_FRAMES = 1000
# Progressive photos have about ten scans. Each scan passes over the whole picture, so a small file with
# thousands of them would keep a decoder busy for hours (libjpeg-turbo's own fuzzers stop at 500).
MAX_SCANS = 100
# What decoding and reducing takes at its peak: measured at 25 megapixels in the mode that takes most, and
# rounded up. A JPEG is decoded at a reduced scale, but a progressive one keeps every coefficient.
BYTES_PER_PIXEL = {"jpeg": 1, "png": 9, "webp": 18, "gif": 6, "tiff": 9, "bmp": 5, "avif": 13, "heic": 15}
BYTES_PER_PIXEL_PROGRESSIVE = 9
# What a decoded JPEG takes that is then turned upright: the decoder's picture, one without tags, one upright.
BYTES_PER_PIXEL_DRAFTED = 12
# What a worker has in use before it sees a picture.
BASE_MB = 120
# A PNG of 50 MB in the usual chunks of 8 KB has 6,400 parts, a JPEG with all kinds of metadata a few hundred.
MAX_PARTS = 50_000
# An animation that is kept: every output encodes all its pictures, WebP at 7 million pixels a second.
MAX_ANIMATED_PIXELS = 25_000_000
# Its pictures are held at each of the recipe's sizes, and travel between steps as one.
BYTES_PER_PIXEL_ANIMATED = 13


def check_bytes(data: bytes, name: str) -> None:
    """Look at the file before its reader does.

    Raises:
        DamagedPhoto: It is made to keep the decoder busy.
    """
    if any(islice(containers.parts(data, name), MAX_PARTS, None)):
        raise DamagedPhoto(f"The {name.upper()} file has more than {MAX_PARTS:,} parts; no photo has.")
    scans = containers.jpeg_scans(data).number if name == "jpeg" and not containers.in_one_scan(data) else 1
    if scans > MAX_SCANS:
        raise DamagedPhoto(f"The JPEG file has {scans} scans; no photo has more than {MAX_SCANS}.")


def check_header(source: Source, name: str, max_pixels: int) -> None:
    """Look at what the header declares; nothing is decoded yet.

    Raises:
        TooManyPixels: The picture is larger than ``max_pixels``, or needs more memory than this worker was
            given.
        TooManyFrames: There are more than :data:`MAX_FRAMES` pictures.
    """
    width, height = source.size
    if width * height > max_pixels:
        raise TooManyPixels(
            f"The picture has {width} x {height} pixels, {width * height:,} in all; "
            f"at most {max_pixels:,} are accepted."
        )
    per_pixel = BYTES_PER_PIXEL_PROGRESSIVE if source.progressive else BYTES_PER_PIXEL[name]
    _check_memory(width, height, per_pixel, f"to decode that from {name.upper()}")
    if prod(source.tile) > max_pixels:
        raise TooManyPixels(f"The picture has tiles of more than {max_pixels:,} pixels.")
    if source.frames > MAX_FRAMES:
        raise TooManyFrames(f"The file holds more than {MAX_FRAMES:,} pictures.")


def check_drafted(size: tuple[int, int]) -> None:
    """Look at the size at which a JPEG is about to be decoded; large sizes may ask for the full one.

    Raises:
        TooManyPixels: That needs more memory than this worker was given.
    """
    _check_memory(*size, BYTES_PER_PIXEL_DRAFTED, "to make sizes as large as the recipe's")


def check_animation(size: tuple[int, int], frames: int, max_pixels: int, sizes: Iterable[Size]) -> None:
    """Look at how much all the pictures of an animation are together, before they are decoded.

    Sizes that add to a picture, as "contain" does, count where they are larger than the file's own.

    Raises:
        TooManyPixels: More than :data:`MAX_ANIMATED_PIXELS` or ``max_pixels``, or than this worker can hold.
    """
    padded = ((each.width, each.height) for each in sizes if each.fit == "contain")
    width, height = max([size, *padded], key=prod)
    most = min(MAX_ANIMATED_PIXELS, max_pixels)
    if width * height * frames > most:
        raise TooManyPixels(
            f"The animation has {frames:,} pictures of {width} x {height} pixels, "
            f"{width * height * frames:,} in all; at most {most:,} are accepted."
        )
    _check_memory(width, height * frames, BYTES_PER_PIXEL_ANIMATED, "to keep that moving")


def _check_memory(width: int, height: int, bytes_per_pixel: int, what: str) -> None:
    needed_mb = BASE_MB + width * height * bytes_per_pixel // 2**20
    if 0 < memory_mb() < needed_mb:
        raise TooManyPixels(
            f"The picture has {width} x {height} pixels; {what} takes {needed_mb:,} MB of memory, "
            f"and there are {memory_mb():,}."
        )
