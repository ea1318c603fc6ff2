"""Fit a picture into a box; never enlarge it."""

from __future__ import annotations

from PIL.Image import Image, Resampling

from core.recipe import Size

# Averages whole pixels first where a picture shrinks more than this, then filters: faster, and as good.
REDUCING_GAP = 2.0


def scale_for(width: int, height: int, size: Size) -> float:
    """Return the factor, at most 1, by which a picture of ``width`` x ``height`` shrinks for ``size``."""
    horizontal, vertical = size.width / width, size.height / height
    return min(1.0, max(horizontal, vertical) if size.fit == "cover" else min(horizontal, vertical))


def resize(image: Image, size: Size) -> Image:
    """Return the picture resized with Lanczos.

    "inside" keeps all of it, as large as fits in the box. "cover" fills the box and cuts off what stands
    out, evenly; a picture smaller than the box in one direction stays as small there.
    """
    scale = scale_for(image.width, image.height, size)
    width, height = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    if size.fit == "inside":
        if (width, height) == image.size:
            return image
        return image.resize((width, height), Resampling.LANCZOS, reducing_gap=REDUCING_GAP)
    width, height = min(width, size.width), min(height, size.height)
    left, top = max(0.0, (image.width - width / scale) / 2), max(0.0, (image.height - height / scale) / 2)
    box = (left, top, image.width - left, image.height - top)
    return image.resize((width, height), Resampling.LANCZOS, box=box, reducing_gap=REDUCING_GAP)
