"""What a recipe asks for: sizes, filters and output formats, read from a small TOML file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from core.errors import RecipeError
from core.parameters import Between, arguments

RECIPES = Path(__file__).parent.parent / "recipes"
FILTERED = "filtered"
Fit = Literal["inside", "cover"]
Pixels = Annotated[int, Between(1, 10_000)]

# Recipes and sizes name files and object keys.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_NAME_RULE = "lower-case letters, digits, - and _, at most 40, the first a letter or digit"


@dataclass(frozen=True)
class Size:
    """A box in pixels, and how a photo goes into it; a photo is never enlarged."""

    name: str
    width: Pixels
    height: Pixels
    fit: Fit = "inside"


@dataclass(frozen=True)
class FilterCall:
    """A filter's name and the parameters it is called with."""

    name: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class OutputFormat:
    """An encoder's name ("jpeg", "webp", "png") and its quality, 1 to 100."""

    format: str
    quality: Annotated[int, Between(1, 100)] = 80


@dataclass(frozen=True)
class Recipe:
    """Everything that is made of one photo.

    ``sizes`` become plain renditions; ``filters``, if any, make one more, called ``filtered``, in the box
    of the first size. Every rendition is written in every one of ``outputs``.
    """

    name: str
    sizes: tuple[Size, ...]
    filters: tuple[FilterCall, ...]
    outputs: tuple[OutputFormat, ...]


def names(folder: Path = RECIPES) -> tuple[str, ...]:
    """Return the names of all recipes."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def load(name: str, folder: Path = RECIPES) -> Recipe:
    """Read ``<name>.toml``.

    Raises:
        RecipeError: There is no such recipe, or it holds a mistake: the file, the key, the value and what is
            allowed are named.
    """
    import tomllib  # once a worker, and not at all where a recipe is only passed around

    if not _NAME.fullmatch(name):
        raise RecipeError(f"{name!r} is no name for a recipe; use {_NAME_RULE}.")
    path = folder / f"{name}.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RecipeError(f"There is no recipe {name!r}; there are {', '.join(names(folder))}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path.name} is not TOML: {error}.") from None
    return parse(name, table)


def parse(name: str, table: Mapping[str, Any]) -> Recipe:
    """Build a recipe from what its file holds; see :func:`load`."""
    file = f"{name}.toml"
    for key in table:
        if key not in {"sizes", "filters", "outputs"}:
            raise RecipeError(f"{file}: {key!r} is not known here; allowed are sizes, filters, outputs.")
    sizes = tuple(Size(**arguments(Size, each, where)) for each, where in _tables(table, "sizes", file))
    filters = tuple(_filter_call(each, where) for each, where in _tables(table, "filters", file, least=0))
    outputs = tuple(_output(each, where) for each, where in _tables(table, "outputs", file))
    for size in sizes:
        if not _NAME.fullmatch(size.name) or size.name == FILTERED:
            raise RecipeError(
                f"{file}: sizes: name is {size.name!r}; use {_NAME_RULE}, and not {FILTERED!r}."
            )
    _refuse_twice([size.name for size in sizes], f"{file}: sizes: name")
    _refuse_twice([output.format for output in outputs], f"{file}: outputs: format")
    return Recipe(name, sizes, filters, outputs)


def _tables(
    table: Mapping[str, Any], key: str, file: str, least: int = 1
) -> list[tuple[Mapping[str, Any], str]]:
    """Return the ``[[key]]`` tables, each with the words that say where it stands."""
    values = table.get(key, [])
    if not isinstance(values, list) or not all(isinstance(each, Mapping) for each in values):
        raise RecipeError(f"{file}: {key} is {values!r}; write each as a table under [[{key}]].")
    if len(values) < least:
        raise RecipeError(f"{file}: {key} is missing; write at least one [[{key}]].")
    return [(each, f"{file}: {key} {number}") for number, each in enumerate(values, 1)]


def _filter_call(table: Mapping[str, Any], where: str) -> FilterCall:
    from core.photo import filters  # needs Pillow, which nobody needs to know what a recipe is

    parameters = dict(table)
    name = parameters.pop("name", None)
    if name not in filters.names():
        raise RecipeError(f"{where}: name is {name!r}; it must be one of {', '.join(filters.names())}.")
    return FilterCall(name, filters.check(name, parameters, f"{where} ({name})"))


def _output(table: Mapping[str, Any], where: str) -> OutputFormat:
    from core.photo import formats

    output = OutputFormat(**arguments(OutputFormat, table, where))
    if output.format not in formats.names():
        raise RecipeError(
            f"{where}: format is {output.format!r}; it must be one of {', '.join(formats.names())}."
        )
    return output


def _refuse_twice(names: list[str], where: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise RecipeError(f"{where} is {name!r} more than once; each must be its own.")
