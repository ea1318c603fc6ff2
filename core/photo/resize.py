"""Fit a picture into a box; never enlarge it.

=========  ==================================================================================
fit        what comes out
=========  ==================================================================================
inside     all of the photo, as large as fits in the box
contain    the same, in the middle of a picture as large as the box; the rest is transparent
cover      the box filled, what stands out cut off around the focus or where least is lost
exact      all of the photo, stretched to the box's shape
=========  ==================================================================================

Pillow premultiplies colours with their transparency before it resizes, so that edges don't darken.
"""

from __future__ import annotations

from dataclasses import replace

from PIL.Image import Image, Resampling, new

from core.photo import attention
from core.recipe import Size

# Averages whole pixels first where a picture shrinks more than this, then filters: faster, and as good.
REDUCING_GAP = 2.0

# Between these factors a picture counts as reduced to half of the photo.
HALVED = 1.5, 2.5

Box = tuple[float, float, float, float]


def scale_for(width: int, height: int, size: Size) -> float:
    """Return the factor, at most 1, by which a picture of ``width`` x ``height`` shrinks for ``size``.

    Where the two directions shrink differently, it is that of the one that shrinks less.
    """
    horizontal, vertical = size.width / width, size.height / height
    return min(1.0, (max if size.fit in {"cover", "exact"} else min)(horizontal, vertical))


def extent(whole: tuple[int, int], size: Size) -> tuple[int, int]:
    """Return the width and height of what a photo of ``whole`` pixels becomes for ``size``."""
    width, height = whole
    if size.fit == "contain":
        return size.width, size.height
    if size.fit == "exact":
        return min(width, size.width), min(height, size.height)
    scale = scale_for(width, height, size)
    scaled = max(1, round(width * scale)), max(1, round(height * scale))
    return _kept(scaled, size) if size.fit == "cover" else scaled


def resize(image: Image, size: Size, whole: tuple[int, int] | None = None) -> Image:
    """Return the picture resized to ``size.fit``, with Lanczos or, where it was halved already, bicubic.

    ``whole`` is the size of the photo in pixels where ``image`` is that photo already reduced, so that
    nothing is rounded twice. A photo smaller than the box in one direction stays as small there.
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
    """Return the size with its crop where ``image`` would have it, for other pictures to be cropped alike."""
    if size.fit != "cover" or size.crop == "focus":
        return size
    x, y = attention.focus(image, _shares(whole, size))
    return replace(size, crop="focus", focus_x=x, focus_y=y)


def _kept(scaled: tuple[int, int], size: Size) -> tuple[int, int]:
    """Return how many pixels are left of a picture of this size."""
    return min(scaled[0], size.width), min(scaled[1], size.height)


def _shares(whole: tuple[int, int], size: Size) -> tuple[float, float]:
    """Return what "cover" keeps of the photo's width and height."""
    (width, height), scale = whole, scale_for(*whole, size)
    kept = _kept((max(1, round(width * scale)), max(1, round(height * scale))), size)
    return min(1.0, kept[0] / (width * scale)), min(1.0, kept[1] / (height * scale))


def _kernel(image: Image, whole_width: int) -> Resampling:
    """Return how to resize a picture that a decoder or an average has reduced already.

    One that was halved is as sharp with bicubic, which takes two thirds of the time; one that was quartered,
    by libjpeg, would be 0.003 SSIM softer.
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
