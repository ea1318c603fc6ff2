"""The filters, one module each, found by name.

A module has a function ``apply(image, *, ...)``, which receives an RGB or RGBA picture and returns one of the
same mode. Its keyword parameters, with their types and limits, are the keys that a recipe may set. A filter
that needs more memory per pixel than :data:`BYTES_PER_PIXEL` defines a constant of the same name; a filter
that makes a larger picture defines ``extent(size, **parameters)``, and one that makes opaque pixels
transparent ``ADDS_TRANSPARENCY = True``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from PIL.Image import Image

from core import registry
from core.errors import PhotoError, RecipeError, TwinlensError
from core.parameters import arguments
from core.recipe import FilterCall
from core.where import Where

Filter = Callable[..., Image]
# A filter's peak memory per pixel of the larger of its input and output, including both.
BYTES_PER_PIXEL = 24


def names() -> tuple[str, ...]:
    """Return the names of all filters."""
    return registry.names(__name__)


def add(folder: Path) -> None:
    """Take the filters in a folder of one's own, too; those here come first.

    Raises:
        RecipeError: It is no folder with Python files.
    """
    if not any(folder.glob("*.py")):
        raise RecipeError(f"{folder} is no folder of filters: it has no file `<name>.py`.")
    __path__.append(str(folder.resolve()))
    registry.names.cache_clear()


def load(name: str) -> Filter:
    """Return the filter's function.

    Raises:
        RecipeError: There is no such filter, or its file is not one.
    """
    try:
        module = registry.load(__name__, name, RecipeError)
    except RecipeError:
        raise
    except Exception as error:  # whatever a file does when it is imported
        raise RecipeError(f"The filter {name} can't be imported: {type(error).__name__}: {error}.") from error
    if not callable(getattr(module, "apply", None)):
        raise RecipeError(f"The filter {name} has no function `apply(image, *, ...)`.")
    return cast(Filter, module.apply)


def bytes_per_pixel(call: FilterCall) -> int:
    """Return the filter's peak memory in bytes per pixel of the larger of its input and output."""
    module = registry.load(__name__, call.name, RecipeError)
    return int(getattr(module, "BYTES_PER_PIXEL", BYTES_PER_PIXEL))


def adds_transparency(call: FilterCall) -> bool:
    """Return whether the filter may make an opaque picture transparent."""
    return bool(getattr(registry.load(__name__, call.name, RecipeError), "ADDS_TRANSPARENCY", False))


def extent(call: FilterCall, size: tuple[int, int]) -> tuple[int, int]:
    """Return the size of the filter's result for a picture of this size."""
    module = registry.load(__name__, call.name, RecipeError)
    return (
        cast(tuple[int, int], module.extent(size, **call.parameters)) if hasattr(module, "extent") else size
    )


def check(name: str, parameters: Mapping[str, Any], where: Where) -> dict[str, Any]:
    """Return the parameters, checked against the filter's signature.

    Raises:
        RecipeError: There is no such filter, or it does not accept the parameters; ``where`` is named.
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
    except Exception as error:  # a library may reject a picture's size or content
        raise PhotoError(f"The filter {name} can't be applied to this picture.") from error


def apply_all(image: Image, calls: Iterable[FilterCall]) -> Image:
    """Apply the recipe's filters in order, and return the result."""
    for call in calls:
        image = apply(image, call.name, call.parameters)
    return image
