"""Read recipes from their TOML files in ``recipes/``, and validate them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import RecipeError
from core.parameters import arguments, parameters
from core.recipe import AUTO, FILTERED, FilterCall, Options, OutputFormat, Recipe, Sheet, Size
from core.where import Lines, Where, lines

RECIPES = Path(__file__).parent.parent / "recipes"

# Recipes and sizes name files and object keys.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_NAME_RULE = "lower-case letters, digits, - and _, at most 40, the first a letter or digit"
_TABLES = ("sizes", "filters", "outputs", "sheets")


def names(folder: Path = RECIPES) -> tuple[str, ...]:
    """Return the names of all recipes."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def load(name: str, folder: Path = RECIPES) -> Recipe:
    """Read ``<name>.toml``.

    Raises:
        RecipeError: The recipe does not exist or is invalid; the message names the file, the line, the key,
            the value and what is allowed.
    """
    import tomllib  # once a worker, and not at all where a recipe is only passed around

    if not _NAME.fullmatch(name):
        raise RecipeError(f"{name!r} is no name for a recipe; use {_NAME_RULE}.")
    path = folder / f"{name}.toml"
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except FileNotFoundError:
        raise RecipeError(f"There is no recipe {name!r}; there are {', '.join(names(folder))}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path.name} is not TOML: {error}.") from None
    return parse(name, table, lines(text))


def parse(name: str, table: Mapping[str, Any], positions: Lines | None = None) -> Recipe:
    """Build a recipe from the content of its file; see :func:`load`.

    With ``positions``, as returned by :func:`core.where.lines`, error messages name the line.
    """
    file = _File(f"{name}.toml", table, positions or {})
    options = {key: value for key, value in table.items() if key not in _TABLES}
    for key in options:
        if key not in (allowed := parameters(Options)):
            raise RecipeError(
                f"{file.where()(key)} is not known here; allowed are {', '.join((*_TABLES, *allowed))}."
            )
    sizes = tuple(Size(**arguments(Size, each, where)) for each, where in file.tables("sizes"))
    sheets = tuple(Sheet(**arguments(Sheet, each, where)) for each, where in file.tables("sheets", least=0))
    for each, where in (*file.tables("sizes"), *file.tables("sheets", least=0)):
        if not _NAME.fullmatch(each["name"]) or each["name"] == FILTERED:
            raise RecipeError(f"{where('name')} is {each['name']!r}; use {_NAME_RULE}, and not {FILTERED!r}.")
    filters = tuple(_filter_call(each, where) for each, where in file.tables("filters", least=0))
    outputs = tuple(_output(each, where) for each, where in file.tables("outputs"))
    file.refuse_twice("name", "sizes", "sheets")
    file.refuse_twice("format", "outputs")
    return Recipe(name, sizes, filters, outputs, Options(**arguments(Options, options, file.where())), sheets)


@dataclass(frozen=True)
class _File:
    """A recipe's file, to read tables from."""

    name: str
    content: Mapping[str, Any]
    positions: Lines

    def where(self, table: str = "", number: int = 0) -> Where:
        words = f"{table} {number}" if table else ""
        return Where(self.name, words, self.positions.get((table, number), {}))

    def tables(self, key: str, least: int = 1) -> list[tuple[Mapping[str, Any], Where]]:
        """Return the ``[[key]]`` tables, each with where it stands."""
        values = self.content.get(key, [])
        if not isinstance(values, list) or not all(isinstance(each, Mapping) for each in values):
            raise RecipeError(f"{self.where()(key)} is {values!r}; write each as a table under [[{key}]].")
        if len(values) < least:
            raise RecipeError(f"{self.where()(key)} is missing; write at least one [[{key}]].")
        return [(each, self.where(key, number)) for number, each in enumerate(values, 1)]

    def refuse_twice(self, key: str, *tables: str) -> None:
        seen = set()
        for each, where in (found for table in tables for found in self.tables(table, least=0)):
            if each[key] in seen:
                raise RecipeError(f"{where(key)} is {each[key]!r} more than once; each must be its own.")
            seen.add(each[key])


def _filter_call(table: Mapping[str, Any], where: Where) -> FilterCall:
    from core.photo import filters  # needs Pillow, which nobody needs to know what a recipe is

    parameters = dict(table)
    name = parameters.pop("name", None)
    if name not in filters.names():
        raise RecipeError(f"{where('name')} is {name!r}; it must be one of {', '.join(filters.names())}.")
    return FilterCall(name, filters.check(name, parameters, where))


def _output(table: Mapping[str, Any], where: Where) -> OutputFormat:
    from core.photo import formats

    output = OutputFormat(**arguments(OutputFormat, table, where))
    known = (AUTO, *formats.names())
    if output.format not in known:
        raise RecipeError(f"{where('format')} is {output.format!r}; it must be one of {', '.join(known)}.")
    if output.animation == "keep" and output.format not in (moving := formats.animated()):
        raise RecipeError(
            f"{where('animation')} is 'keep', which {output.format} can't do; {', '.join(moving)} can."
        )
    return output
