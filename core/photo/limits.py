"""Check what a file declares against the limits, before anything is decoded."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from math import prod
from typing import TYPE_CHECKING

from core.deployment.limits import WORKER_MB
from core.errors import DamagedPhoto, TooManyFrames, TooManyPixels
from core.photo import containers, memory
from core.recipe import Size
from core.trace import memory_mb

if TYPE_CHECKING:
    from core.photo.budget import Stage
    from core.photo.reading import Source

MAX_FRAMES = 1000
# Progressive photos have about ten scans. Each scan passes over the whole picture, so a small file with
# thousands of them would keep a decoder busy for hours (libjpeg-turbo's own fuzzers stop at 500).
MAX_SCANS = 100
# A PNG of 50 MB in the customary chunks of 8 KB has 6,400 parts, a JPEG with much metadata a few hundred.
MAX_PARTS = 50_000
# If animations are kept, every output encodes all frames, WebP at 7 million pixels a second.
MAX_ANIMATED_PIXELS = 25_000_000
# Each scan of a JPEG passes over all of it: 0.6 to 4 ms of CPU for a megapixel.
MAX_SCANNED_PIXELS = 2_500_000_000


def check_bytes(data: bytes, name: str) -> None:
    """Check the file before its reader opens it.

    Raises:
        DamagedPhoto: It has more scans or parts than any genuine photo.
    """
    if any(islice(containers.parts(data, name), MAX_PARTS, None)):
        raise DamagedPhoto(f"The {name.upper()} file has more than {MAX_PARTS:,} parts; no photo has.")
    scans = containers.jpeg_scans(data).number if name == "jpeg" and not containers.in_one_scan(data) else 1
    if scans > MAX_SCANS:
        raise DamagedPhoto(f"The JPEG file has {scans} scans; no photo has more than {MAX_SCANS}.")


def check_header(source: Source, name: str, max_pixels: int) -> None:
    """Check what the header declares; nothing is decoded yet.

    Raises:
        TooManyPixels: The picture, or one of its tiles, is larger than ``max_pixels``.
        TooManyFrames: There are more than :data:`MAX_FRAMES` pictures.
    """
    width, height = source.size
    if width * height > max_pixels:
        raise TooManyPixels(
            f"The picture has {width} x {height} pixels, {width * height:,} in all; "
            f"at most {max_pixels:,} are accepted."
        )
    if prod(source.tile) > max_pixels:
        raise TooManyPixels(f"The picture has tiles of more than {max_pixels:,} pixels.")
    if source.frames > MAX_FRAMES:
        raise TooManyFrames(f"The file holds more than {MAX_FRAMES:,} pictures.")


def check_scans(data: bytes, size: tuple[int, int]) -> None:
    """Check how often a JPEG's scans pass over its pixels.

    Raises:
        TooManyPixels: They pass over more than :data:`MAX_SCANNED_PIXELS` in total.
    """
    if containers.in_one_scan(data):
        return
    scans = containers.jpeg_scans(data).number
    if scans * prod(size) > MAX_SCANNED_PIXELS:
        raise TooManyPixels(
            f"The picture has {size[0]} x {size[1]} pixels in {scans} scans, {scans * prod(size):,} in all; "
            f"at most {MAX_SCANNED_PIXELS:,} are accepted. Save it with fewer scans."
        )


def check_animation(size: tuple[int, int], frames: int, max_pixels: int, sizes: Iterable[Size]) -> None:
    """Check the total number of pixels of an animation's frames, before they are decoded.

    Sizes that enlarge the canvas, as "contain" does, count where they exceed the file's own.

    Raises:
        TooManyPixels: The total exceeds :data:`MAX_ANIMATED_PIXELS` or ``max_pixels``.
    """
    padded = ((each.width, each.height) for each in sizes if each.fit == "contain")
    width, height = max([size, *padded], key=prod)
    most = min(MAX_ANIMATED_PIXELS, max_pixels)
    if width * height * frames > most:
        raise TooManyPixels(
            f"The animation has {frames:,} pictures of {width} x {height} pixels, "
            f"{width * height * frames:,} in all; at most {most:,} are accepted."
        )


def check_memory(size: tuple[int, int], file_bytes: int, stages: Iterable[Stage]) -> None:
    """Check that this worker has enough memory for every stage of the photo, and take it if it is shared.

    Raises:
        TooManyPixels: A stage needs more than there is.
        WorkerBusy: Other photos have too much of it now.
    """
    stage = max(stages, key=lambda each: each.peak)
    # Where photos share a worker, its own memory and their files are not part of what is shared.
    shared_mb, own_mb = memory.shared_mb(), memory_mb()
    there_mb = shared_mb or own_mb
    needed_mb = -(-stage.peak // 2**20) if shared_mb else needed(file_bytes, stage)
    if 0 < there_mb < needed_mb:
        raise TooManyPixels(
            f"The picture has {size[0]} x {size[1]} pixels; {stage.what} takes {needed_mb:,} MB of memory, "
            f"and there are {there_mb:,}. Send a smaller one, or raise the functions' memory (memoryMb)."
        )
    memory.take(needed_mb)


def needed(file_bytes: int, stage: Stage) -> int:
    """Return how many MB a worker needs for a stage, including the file, which it holds throughout."""
    return WORKER_MB + (file_bytes + stage.peak) // 2**20
