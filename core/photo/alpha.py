"""Deal with transparency in one place, so that no filter or format has to."""

from __future__ import annotations

from collections.abc import Callable

from PIL.Image import Image, Resampling, new

# A pixel at least this opaque counts with its own colour. Below, the colours around it take over, so that
# what is divided by the opacity later keeps six bits.
_COUNTS = 64


def colours_only(image: Image, operation: Callable[[Image], Image]) -> Image:
    """Return the picture after an ``operation`` on its RGB channels; its transparency stays as it was.

    The operation must look at each pixel alone: one that looks at neighbours would mix in hidden colours.
    """
    if image.mode != "RGBA":
        return operation(image)
    changed = operation(image.convert("RGB"))
    changed.putalpha(image.getchannel("A"))
    return changed


def visible_colours(image: Image, operation: Callable[[Image], Image]) -> Image:
    """Return the picture after an ``operation`` that looks at neighbours, none of which is a hidden colour.

    The operation gets an opaque picture: what is hidden has the colours of what is visible around it.
    """
    if image.mode != "RGBA":
        return operation(image)
    changed = operation(_revealed(image))
    changed.putalpha(image.getchannel("A"))
    return changed


def averaged(image: Image, operation: Callable[[Image], Image]) -> Image:
    """Return the picture after an ``operation`` that averages neighbours, each weighted by its opacity."""
    if image.mode != "RGBA":
        return operation(image)
    weighted, alpha = _revealed(image), image.getchannel("A")
    weighted.putalpha(alpha.point(lambda tone: max(tone, _COUNTS)))
    changed = operation(weighted.convert("RGBa")).convert("RGBA")
    changed.putalpha(alpha)
    return changed


def visible(image: Image) -> Image | None:
    """Return a mask of the pixels of which anything is seen; ``None`` for a picture without transparency."""
    return image.getchannel("A").point(lambda tone: 255 * (tone > 0)) if image.mode == "RGBA" else None


def flatten(image: Image, background: str = "white") -> Image:
    """Return the picture as RGB on a plain background."""
    if image.mode != "RGBA":
        return image
    flat = new("RGB", image.size, background)
    flat.paste(image, mask=image.getchannel("A"))
    return flat


def _revealed(image: Image) -> Image:
    """Return the RGBA picture as RGB, its hidden pixels filled from the visible ones around.

    They are taken from smaller and smaller copies, in which what is visible spreads (the pull-push algorithm
    of Gortler, Grzeszczuk, Szeliski and Cohen, The Lumigraph, 1996).
    """
    mask = image.getchannel("A").point(lambda tone: min(255, 255 * tone // _COUNTS))
    if image.size == (1, 1) or mask.getextrema()[0] == 255:
        return image.convert("RGB")
    half = (image.width + 1) // 2, (image.height + 1) // 2
    spread = image.resize(half, Resampling.BOX)
    spread.putalpha(spread.getchannel("A").point(lambda tone: min(255, 4 * tone)))
    filled = _revealed(spread).resize(image.size, Resampling.BILINEAR)
    filled.paste(image, mask=mask)
    return filled
