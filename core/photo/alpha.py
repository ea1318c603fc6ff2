"""Deal with transparency in one place, so that no filter or format has to."""

from __future__ import annotations

from collections.abc import Callable

from PIL.Image import Image, new


def colours_only(image: Image, operation: Callable[[Image], Image]) -> Image:
    """Return the picture after an ``operation`` on its RGB channels; its transparency stays as it was."""
    if image.mode != "RGBA":
        return operation(image)
    changed = operation(image.convert("RGB"))
    changed.putalpha(image.getchannel("A"))
    return changed


def flatten(image: Image, background: str = "white") -> Image:
    """Return the picture as RGB on a plain background."""
    if image.mode != "RGBA":
        return image
    flat = new("RGB", image.size, background)
    flat.paste(image, mask=image.getchannel("A"))
    return flat
