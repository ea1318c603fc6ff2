"""Handle transparency in one place, so that filters and formats need not."""

from __future__ import annotations

from collections.abc import Callable

from PIL.Image import Image, Resampling, new

# A pixel at least this opaque keeps its own colour. Below, surrounding colours replace it, so that later
# division by the opacity keeps six bits of precision.
_COUNTS = 64


def colours_only(image: Image, operation: Callable[[Image], Image]) -> Image:
    """Return the picture after an ``operation`` on its RGB channels; its transparency is unchanged.

    The operation must treat each pixel independently: one that reads neighbours would mix in hidden colours.
    """
    if image.mode != "RGBA":
        return operation(image)
    changed = operation(image.convert("RGB"))
    changed.putalpha(image.getchannel("A"))
    return changed


def visible_colours(image: Image, operation: Callable[[Image], Image]) -> Image:
    """Return the picture after an ``operation`` that reads neighbours, without exposing hidden colours.

    The operation receives an opaque picture: hidden pixels have the colours of visible pixels around them.
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


def filled(image: Image) -> Image:
    """Return the picture with hidden colours replaced by visible ones around them.

    Encoders that share colour between neighbouring pixels would otherwise mix hidden ones into visible edges.
    """
    if image.mode != "RGBA":
        return image
    made = _revealed(image)
    made.putalpha(image.getchannel("A"))
    return made


def visible(image: Image) -> Image | None:
    """Return a mask of the pixels that are not fully transparent; ``None`` for an opaque picture."""
    return image.getchannel("A").point(lambda tone: 255 * (tone > 0)) if image.mode == "RGBA" else None


def flatten(image: Image, background: str = "white") -> Image:
    """Return the picture as RGB on a plain background."""
    if image.mode != "RGBA":
        return image
    flat = new("RGB", image.size, background)
    flat.paste(image, mask=image.getchannel("A"))
    return flat


def _revealed(image: Image) -> Image:
    """Return the RGBA picture as RGB, its hidden pixels filled from visible ones around them.

    The colours come from ever smaller copies, in which visible colours spread (the pull-push algorithm
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
