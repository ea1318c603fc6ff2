"""Fit a picture into a box without enlarging it.

=========  ==================================================================================
fit        result
=========  ==================================================================================
inside     all of the photo, as large as fits in the box
contain    the same, in the middle of a picture as large as the box; the rest is transparent
cover      the box filled; the excess is cut off around the focus or where least is lost
exact      all of the photo, stretched to the box's shape
=========  ==================================================================================

Pillow premultiplies colours with their transparency before it resizes, so that edges don't darken.
"""

from __future__ import annotations

from dataclasses import replace

from PIL.Image import Image, Resampling, new

from core.photo import attention
from core.recipe import Size

# A picture that shrinks by more than this is first averaged, then filtered: faster, with equal quality.
REDUCING_GAP = 2.0

# Between these factors, a picture counts as reduced to half the photo's size.
HALVED = 1.5, 2.5

Box = tuple[float, float, float, float]


def scale_for(width: int, height: int, size: Size) -> float:
    """Return the factor, at most 1, by which a picture of ``width`` x ``height`` shrinks for ``size``.

    Where width and height shrink differently, it is the factor of the one that shrinks less.
    """
    horizontal, vertical = size.width / width, size.height / height
    return min(1.0, (max if size.fit in {"cover", "exact"} else min)(horizontal, vertical))


def extent(whole: tuple[int, int], size: Size) -> tuple[int, int]:
    """Return the width and height that a photo of ``whole`` pixels has after resizing to ``size``."""
    width, height = whole
    if size.fit == "contain":
        return size.width, size.height
    if size.fit == "exact":
        return min(width, size.width), min(height, size.height)
    scale = scale_for(width, height, size)
    scaled = max(1, round(width * scale)), max(1, round(height * scale))
    return _kept(scaled, size) if size.fit == "cover" else scaled


def resize(image: Image, size: Size, whole: tuple[int, int] | None = None) -> Image:
    """Return the picture resized to ``size.fit``, with Lanczos or, where it was already halved, bicubic.

    ``whole`` is the photo's size in pixels if ``image`` is that photo already reduced; it prevents rounding
    twice. A photo smaller than the box in one direction keeps that dimension.
    """
    width, height = whole or image.size
    if size.fit == "exact":
        return _resized(image, min(width, size.width), min(height, size.height))
    scale = scale_for(width, height, size)
    scaled = max(1, round(width * scale)), max(1, round(height * scale))
    if size.fit == "cover":
        kept = _kept(scaled, size)
        return _resized(image, *kept, _window(image, _shares((width, height), size), size))
    made = _resized(image, *scaled, resample=_kernel(image, width))
    if size.fit == "inside" or made.size == (size.width, size.height):
        return made
    padded = new("RGBA", (size.width, size.height))
    padded.paste(made, ((size.width - made.width) // 2, (size.height - made.height) // 2))
    return padded


def settled(size: Size, image: Image, whole: tuple[int, int]) -> Size:
    """Return the size with the crop chosen for ``image``, so that other pictures are cropped alike."""
    if size.fit != "cover" or size.crop == "focus":
        return size
    x, y = attention.focus(image, _shares(whole, size))
    return replace(size, crop="focus", focus_x=x, focus_y=y)


def _kept(scaled: tuple[int, int], size: Size) -> tuple[int, int]:
    """Return the width and height that remain of a picture of this size."""
    return min(scaled[0], size.width), min(scaled[1], size.height)


def _shares(whole: tuple[int, int], size: Size) -> tuple[float, float]:
    """Return the shares of the photo's width and height that "cover" keeps."""
    (width, height), scale = whole, scale_for(*whole, size)
    kept = _kept((max(1, round(width * scale)), max(1, round(height * scale))), size)
    return min(1.0, kept[0] / (width * scale)), min(1.0, kept[1] / (height * scale))


def _kernel(image: Image, whole_width: int) -> Resampling:
    """Return the resampling filter for a picture that a decoder or an average may have reduced.

    A halved picture is as sharp with bicubic, which takes two thirds of the time; a picture quartered by
    libjpeg would lose 0.003 SSIM.
    """
    return Resampling.BICUBIC if HALVED[0] < whole_width / image.width < HALVED[1] else Resampling.LANCZOS


def _resized(
    image: Image,
    width: int,
    height: int,
    box: Box | None = None,
    resample: Resampling = Resampling.LANCZOS,
) -> Image:
    if box is None and (width, height) == image.size:
        return image
    return image.resize((width, height), resample, box=box, reducing_gap=REDUCING_GAP)


def _window(image: Image, shares: tuple[float, float], size: Size) -> Box:
    """Return the part of the picture to keep: these shares of its width and height, near the focus."""
    focus = attention.focus(image, shares) if size.crop == "entropy" else (size.focus_x, size.focus_y)
    left, top = (min(max(at - share / 2, 0.0), 1 - share) for at, share in zip(focus, shares, strict=True))
    return (
        left * image.width,
        top * image.height,
        min(1.0, left + shares[0]) * image.width,
        min(1.0, top + shares[1]) * image.height,
    )
