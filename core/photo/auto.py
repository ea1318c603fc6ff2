"""Choose format and quality by the result: the smallest file that still looks like the picture."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from math import inf

from PIL.Image import Image, open

from core.photo import formats, lean
from core.photo.formats import Encoded, Settings
from core.photo.similarity import similarity

# Each format is tried at up to three of these qualities: a binary search finds the lowest sufficient one.
QUALITIES = (40, 50, 60, 68, 76, 84, 92)
FORMATS = ("jpeg", "webp", "avif")
# AVIF takes about 0.4 s per million pixels and attempt, ten times as long as the others.
MOST_AVIF_PIXELS = 1_000_000


def smallest(image: Image, settings: Settings, target: float, most_bytes: float = inf) -> Encoded:
    """Return the smallest encoding whose SSIM to the picture is at least ``target``.

    The picture is encoded at most nine times. If no result reaches the target, the most similar is returned.
    Results larger than ``most_bytes`` are ignored; if all are, a WebP of lower quality is returned.
    """
    tried = [
        each for name in FORMATS if _suits(name, image) for each in _tries(name, image, settings, target)
    ]
    tried = [each for each in tried if _bytes(each[1]) <= most_bytes]
    good = [encoded for alike, encoded in tried if alike >= target]
    if good:
        return min(good, key=_bytes)
    if tried:
        return max(tried, key=lambda each: each[0])[1]
    coarse = replace(settings, quality=QUALITIES[0])
    return lean.within(lambda settings: formats.encode("webp", image, settings), coarse, most_bytes)


def _bytes(encoded: Encoded) -> int:
    return len(encoded.data)


def _suits(name: str, image: Image) -> bool:
    if image.mode == "RGBA" and not formats.load(name).TRANSPARENCY:
        return False
    return name != "avif" or image.width * image.height <= MOST_AVIF_PIXELS


def _tries(name: str, image: Image, settings: Settings, target: float) -> list[tuple[float, Encoded]]:
    tried = []
    low, high = 0, len(QUALITIES) - 1
    while low <= high:
        middle = (low + high) // 2
        encoded = formats.encode(name, image, replace(settings, quality=QUALITIES[middle]))
        alike = similarity(image, open(BytesIO(encoded.data)).convert(image.mode))
        tried.append((alike, encoded))
        low, high = (low, middle - 1) if alike >= target else (middle + 1, high)
    return tried
