"""Check the tables of a recipe against the signatures of their targets.

A function's keyword-only parameters, or a dataclass's fields, are the keys that a table may have. Their types
are ``int``, ``float``, ``bool``, ``str`` and ``Literal[...]`` of strings. ``Annotated`` adds a :class:`Rule`;
a parameter with a default is optional.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, get_args, get_origin, get_type_hints

from core.errors import RecipeError
from core.mistakes import Mistakes, meant
from core.where import Where

PICTURES = Path(__file__).parent.parent / "recipes" / "pictures"
_WORDS = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}


class Rule(Protocol):
    """A constraint on a value; as text, it ends a sentence that began with the type."""

    def holds(self, value: Any) -> bool:
        """Return whether the value is allowed."""

    def detail(self, value: Any) -> str:
        """Return how the value breaks the rule, if the rule's text alone does not say it."""
        return ""


@dataclass(frozen=True)
class Between(Rule):
    """A number from ``low`` to ``high``, inclusive."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Return whether the value is allowed; NaN never is."""
        return self.low <= value <= self.high

    def __str__(self) -> str:
        return f" from {self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Length(Rule):
    """A text of ``low`` to ``high`` characters, inclusive."""

    low: int
    high: int

    def holds(self, value: str) -> bool:
        """Return whether the text is allowed."""
        return self.low <= len(value) <= self.high

    def __str__(self) -> str:
        return f" of {self.low} to {self.high} characters"


@dataclass(frozen=True)
class Colour(Rule):
    """A colour written as ``#rrggbb``."""

    def holds(self, value: str) -> bool:
        """Return whether the text is such a colour."""
        return re.fullmatch("#[0-9a-fA-F]{6}", value) is not None

    def __str__(self) -> str:
        return " like #rrggbb"


@dataclass(frozen=True)
class PictureFile(Rule):
    """The name of a picture in ``recipes/pictures``."""

    def holds(self, value: str) -> bool:
        """Return whether the picture exists; the name must not be a path."""
        return re.fullmatch(r"[a-z0-9][a-z0-9_-]*\.png", value) is not None and (PICTURES / value).is_file()

    def __str__(self) -> str:
        return " that names a file in recipes/pictures, like twinlens.png"


@dataclass(frozen=True)
class Parameter:
    """One key: its type, its rules, and its default, or :data:`REQUIRED` if it has none."""

    kind: object
    rules: tuple[Rule, ...]
    default: object

    def __str__(self) -> str:
        if get_origin(self.kind) is Literal:
            return f"one of {_listed(get_args(self.kind))}"
        return _WORDS[self.kind] + "".join(map(str, self.rules))  # type: ignore[index]

    def check(self, value: object, where: str) -> object:
        """Return the value, with an integer converted to a float if one is expected.

        Raises:
            RecipeError: The value is not allowed; the message begins with ``where``.
        """
        if self.kind is float and type(value) is int:
            value = float(value)
        allowed = (
            value in get_args(self.kind) if get_origin(self.kind) is Literal else type(value) is self.kind
        )
        broken = [rule for rule in self.rules if not rule.holds(value)] if allowed else []
        if not allowed or broken:
            details = "".join(rule.detail(value) for rule in broken)
            raise RecipeError(f"{where} is {value!r}; it must be {self}{details}.")
        return value


REQUIRED = inspect.Parameter.empty


def parameters(target: Callable[..., object]) -> dict[str, Parameter]:
    """Return the keys that ``target`` accepts, in the order of its signature."""
    hints = get_type_hints(target, include_extras=True)
    taken = list(inspect.signature(target).parameters.values())
    if not isinstance(target, type):
        taken = [each for each in taken if each.kind is each.KEYWORD_ONLY]
    return {each.name: _parameter(hints[each.name], each.default) for each in taken}


def arguments(target: Callable[..., object], values: Mapping[str, object], where: Where) -> dict[str, Any]:
    """Return the ``values`` as keyword arguments for ``target``, each checked.

    Raises:
        RecipeError: Keys are unknown or missing, or values not allowed; the message has a line for each.
    """
    known, mistakes, checked = parameters(target), Mistakes(RecipeError), {}
    for key, value in values.items():
        with mistakes.noted():
            if key not in known:
                raise RecipeError(
                    f"{where(key)} is not known here{meant(key, known)}; allowed are {_listed(known)}."
                )
            checked[key] = known[key].check(value, where(key))
    for key, parameter in known.items():
        with mistakes.noted():
            if key not in values and parameter.default is REQUIRED:
                raise RecipeError(f"{where(key)} is missing; give {parameter}.")
    mistakes.report()
    return checked


def _parameter(hint: object, default: object) -> Parameter:
    if get_origin(hint) is Annotated:
        kind, *rules = get_args(hint)
        return Parameter(kind, tuple(rules), default)
    return Parameter(hint, (), default)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "no keys at all"
