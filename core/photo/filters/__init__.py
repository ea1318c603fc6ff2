"""The filters, one file each, found by name.

A filter file holds ``apply(image, *, ...)``: an RGB or RGBA picture in, one of the same mode out. Its
keyword parameters, with their types and limits, are the keys that a recipe may set. One that takes more
memory than :data:`BYTES_PER_PIXEL` for a pixel says so in a constant of the same name, and one that makes a
larger picture in ``extent(size, **parameters)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from PIL.Image import Image

from core import registry
from core.errors import PhotoError, RecipeError, TwinlensError
from core.parameters import arguments
from core.recipe import FilterCall
from core.where import Where

Filter = Callable[..., Image]
# What a filter takes at its peak, for a pixel of the larger of its two pictures, both included.
BYTES_PER_PIXEL = 24


def names() -> tuple[str, ...]:
    """Return the names of all filters."""
    return registry.names(__name__)


def load(name: str) -> Filter:
    """Return the filter's function.

    Raises:
        RecipeError: There is no such filter.
    """
    return cast(Filter, registry.load(__name__, name, RecipeError).apply)


def bytes_per_pixel(call: FilterCall) -> int:
    """Return what the filter takes at its peak for a pixel of the larger of its two pictures."""
    module = registry.load(__name__, call.name, RecipeError)
    return int(getattr(module, "BYTES_PER_PIXEL", BYTES_PER_PIXEL))


def extent(call: FilterCall, size: tuple[int, int]) -> tuple[int, int]:
    """Return the size of what the filter makes of a picture of this size."""
    module = registry.load(__name__, call.name, RecipeError)
    return (
        cast(tuple[int, int], module.extent(size, **call.parameters)) if hasattr(module, "extent") else size
    )


def check(name: str, parameters: Mapping[str, Any], where: Where) -> dict[str, Any]:
    """Return the parameters checked against the filter's own.

    Raises:
        RecipeError: There is no such filter, or it does not take these parameters; ``where`` is named.
    """
    return arguments(load(name), parameters, where)


def apply(image: Image, name: str, parameters: Mapping[str, Any]) -> Image:
    """Return the picture after one filter.

    Raises:
        PhotoError: The filter can't be applied to this picture.
    """
    function = load(name)
    try:
        return function(image, **parameters)
    except TwinlensError:
        raise
    except Exception as error:  # a picture may be too small, too large or too odd for a library
        raise PhotoError(f"The filter {name} can't be applied to this picture.") from error


def apply_all(image: Image, calls: Iterable[FilterCall]) -> Image:
    """Return the picture after all the filters that a recipe asks for, in order."""
    for call in calls:
        image = apply(image, call.name, call.parameters)
    return image
