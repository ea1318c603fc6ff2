"""Read recipes from their TOML files in ``recipes/``, and validate them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from core.errors import RecipeError
from core.mistakes import Mistakes, meant
from core.parameters import arguments, parameters
from core.recipe import AUTO, FILTERED, FilterCall, Options, OutputFormat, Recipe, ReviewRules, Sheet, Size
from core.where import Lines, Where, lines

RECIPES = Path(__file__).parent.parent / "recipes"

# Recipes and sizes name files and object keys.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_NAME_RULE = "lower-case letters, digits, - and _, at most 40, the first a letter or digit"
_REVIEW = "review"
_TABLES = ("sizes", "filters", "outputs", "sheets")


def names(folder: Path = RECIPES) -> tuple[str, ...]:
    """Return the names of all recipes."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def load(name: str, folder: Path = RECIPES) -> Recipe:
    """Read ``<name>.toml``.

    Raises:
        RecipeError: The recipe does not exist or is invalid; the message has a line for every mistake, with
            the file, the line, the key, the value and what is allowed.
    """
    if not _NAME.fullmatch(name):
        raise RecipeError(f"{name!r} is no name for a recipe; use {_NAME_RULE}.")
    path = folder / f"{name}.toml"
    if not path.is_file():
        known = names(folder)
        raise RecipeError(f"There is no recipe {name!r}{meant(name, known)}; there are {', '.join(known)}.")
    return read(path)


def read(path: Path) -> Recipe:
    """Read a recipe from any TOML file, whose name without ``.toml`` is the recipe's.

    Raises:
        RecipeError: As :func:`load`.
    """
    import tomllib  # once a worker, and not at all where a recipe is only passed around

    name = path.stem
    if not _NAME.fullmatch(name):
        raise RecipeError(f"{path}: {name!r} is no name for a recipe; use {_NAME_RULE}.")
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        raise RecipeError(f"The recipe {path} can't be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path.name} is not TOML: {error}.") from None
    return parse(name, table, lines(text))


def parse(name: str, table: Mapping[str, Any], positions: Lines | None = None) -> Recipe:
    """Build a recipe from the content of its file; see :func:`load`.

    With ``positions``, as returned by :func:`core.where.lines`, error messages name the line.
    """
    file, mistakes = _File(f"{name}.toml", table, positions or {}), Mistakes(RecipeError)
    known = (*_TABLES, _REVIEW, *parameters(Options))
    for key in table:
        with mistakes.noted():
            if key not in known:
                hint, allowed = meant(key, known), ", ".join(known)
                raise RecipeError(f"{file.where()(key)} is not known here{hint}; allowed are {allowed}.")
    options = {key: value for key, value in table.items() if key in parameters(Options)}
    made = Options()
    with mistakes.noted():
        made = Options(**arguments(Options, options, file.where()))
    review = ReviewRules()
    with mistakes.noted():
        review = ReviewRules(**arguments(ReviewRules, *file.table(_REVIEW)))
    sizes = file.each(mistakes, "sizes", partial(_named, Size))
    sheets = file.each(mistakes, "sheets", partial(_named, Sheet), least=0)
    filters = file.each(mistakes, "filters", _filter_call, least=0)
    outputs = file.each(mistakes, "outputs", _output)
    with mistakes.noted():
        file.refuse_twice("name", "sizes", "sheets")
    with mistakes.noted():
        file.refuse_twice("format", "outputs")
    mistakes.report()
    return Recipe(name, sizes, filters, outputs, made, sheets, review, table)


def _named[Named: (Size, Sheet)](kind: type[Named], table: Mapping[str, Any], where: Where) -> Named:
    made = kind(**arguments(kind, table, where))
    if not _NAME.fullmatch(made.name) or made.name == FILTERED:
        raise RecipeError(f"{where('name')} is {made.name!r}; use {_NAME_RULE}, and not {FILTERED!r}.")
    return made


@dataclass(frozen=True)
class _File:
    """A recipe's file, to read tables from."""

    name: str
    content: Mapping[str, Any]
    positions: Lines

    def where(self, table: str = "", number: int = 0) -> Where:
        words = f"{table} {number}" if table else ""
        return Where(self.name, words, self.positions.get((table, number), {}))

    def table(self, key: str) -> tuple[Mapping[str, Any], Where]:
        """Return the ``[key]`` table, empty if there is none, with where it stands."""
        value = self.content.get(key, {})
        if not isinstance(value, Mapping):
            raise RecipeError(f"{self.where()(key)} is {value!r}; write a table under [{key}].")
        positions = self.positions.get((key, 1), {})
        return value, Where(self.name, key, positions)

    def tables(self, key: str, least: int = 1) -> list[tuple[Mapping[str, Any], Where]]:
        """Return the ``[[key]]`` tables, each with where it stands."""
        values = self.content.get(key, [])
        if not isinstance(values, list) or not all(isinstance(each, Mapping) for each in values):
            raise RecipeError(f"{self.where()(key)} is {values!r}; write each as a table under [[{key}]].")
        if len(values) < least:
            raise RecipeError(f"{self.where()(key)} is missing; write at least one [[{key}]].")
        return [(each, self.where(key, number)) for number, each in enumerate(values, 1)]

    def each[Made](
        self,
        mistakes: Mistakes,
        key: str,
        make: Callable[[Mapping[str, Any], Where], Made],
        least: int = 1,
    ) -> tuple[Made, ...]:
        """Return what ``make`` makes of each ``[[key]]`` table, without those that are mistaken."""
        made: list[Made] = []
        with mistakes.noted():
            for table, where in self.tables(key, least):
                with mistakes.noted():
                    made.append(make(table, where))
        return tuple(made)

    def refuse_twice(self, key: str, *tables: str) -> None:
        seen = set[str]()
        for each, where in (found for table in tables for found in self.tables(table, least=0)):
            value = str(each.get(key, len(seen)))  # one that is missing is reported as that
            if value in seen:
                raise RecipeError(f"{where(key)} is {value!r} more than once; each must be its own.")
            seen.add(value)


def _filter_call(table: Mapping[str, Any], where: Where) -> FilterCall:
    from core.photo import filters  # needs Pillow, which nobody needs to know what a recipe is

    parameters = dict(table)
    if "name" not in parameters:
        raise RecipeError(f"{where('name')} is missing; give one of {', '.join(filters.names())}.")
    name = parameters.pop("name")
    if name not in filters.names():
        known = ", ".join(filters.names())
        raise RecipeError(
            f"{where('name')} is {name!r}{meant(name, filters.names())}; it must be one of {known}."
        )
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
