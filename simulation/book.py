"""The book of parameters: every number that a platform's model rests on, with interval and source.

A parameter is a table in ``parameters/*.toml``. ``low`` and ``high`` bound the middle 90 % of what is
believed of it; ``status`` says whether the value was ``measured`` by Twinlens, ``published`` or ``assumed``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np

from simulation.checks import suggested
from simulation.errors import BookError
from simulation.streams import DIGITS

FOLDER = Path(__file__).parent / "parameters"
Z90 = 1.6448536269514722  # the standard normal's 95 % quantile: an interval holds 90 % between two of them
APART = ("door.", "batch.")
Status = Literal["measured", "published", "assumed"]

type Values = Mapping[str, float]


@dataclass(frozen=True)
class Parameter:
    """One number and how well it is known."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    source: str
    date: str
    status: Status
    note: str = ""

    def drawn(self, normal: float) -> float:
        """Return the parameter for a standard normal number.

        Below the value it spreads as far as ``low``, above it as far as ``high``: by ratio where all three
        are positive, and by difference otherwise.
        """
        bound = self.low if normal < 0 else self.high
        share = abs(normal) / Z90
        if min(self.low, self.value) > 0:
            return round(float(self.value * (bound / self.value) ** share), DIGITS)
        return round(max(0.0, self.value + (bound - self.value) * share), DIGITS)


@dataclass(frozen=True)
class Book:
    """The parameters by name: the name of their file, a dot and their own."""

    parameters: Mapping[str, Parameter]

    def values(self) -> dict[str, float]:
        """Return every parameter's value."""
        return {name: each.value for name, each in self.parameters.items()}

    def draw(self, generator: np.random.Generator) -> dict[str, float]:
        """Return one draw of all parameters.

        Those that few workloads need have numbers of their own: the others are as they were before.
        """
        names = [name for name in self.parameters if not name.startswith(APART)]
        drawn = self._drawn(names, generator)
        for file in APART:
            [generator] = generator.spawn(1)
            drawn |= self._drawn([name for name in self.parameters if name.startswith(file)], generator)
        return {name: drawn[name] for name in self.parameters}

    def _drawn(self, names: Sequence[str], generator: np.random.Generator) -> dict[str, float]:
        normals = generator.standard_normal(len(names)).tolist()
        return {name: self.parameters[name].drawn(each) for name, each in zip(names, normals, strict=True)}


@cache
def load(folder: Path = FOLDER) -> Book:
    """Read and check every file of the book.

    Raises:
        BookError: An entry is invalid; the message has a line for each.
    """
    mistakes: list[str] = []
    parameters: dict[str, Parameter] = {}
    for file in sorted(folder.glob("*.toml")):
        try:
            document = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise BookError(f"{file} cannot be read: {error}.") from None
        for name, table in document.items():
            try:
                parameters[f"{file.stem}.{name}"] = _parameter(f"{file.stem}.{name}", table)
            except (msgspec.ValidationError, TypeError, ValueError) as error:
                mistakes.append(f"{file.name}, [{name}]: {error}.")
    if mistakes:
        raise BookError("\n".join(mistakes))
    return Book(parameters)


def with_changes(book: Book, file: Path) -> Book:
    """Return the book with the parameters of a file in place of its own; ``twinlens calibrate`` writes it.

    Raises:
        BookError: The file cannot be read, or an entry is invalid; the message has a line for each.
    """
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BookError(f"{file} cannot be read: {error}.") from None
    mistakes, changed = [], {}
    for name, table in document.items():
        if name not in book.parameters:
            hint = suggested(name, book.parameters) or "."
            mistakes.append(f"{file}: there is no parameter {name!r}{hint}")
            continue
        try:
            changed[name] = _parameter(name, table)
        except (msgspec.ValidationError, TypeError, ValueError) as error:
            mistakes.append(f"{file}, [{name}]: {error}.")
    if mistakes:
        raise BookError("\n".join(mistakes))
    return Book({**book.parameters, **changed})


def _parameter(name: str, table: Mapping[str, Any]) -> Parameter:
    known = Parameter.__dataclass_fields__.keys() - {"name"}
    if unknown := sorted(set(table) - known):
        raise ValueError(f"unknown key {unknown[0]!r}")
    if missing := sorted(known - {"note"} - set(table)):
        raise ValueError(f"the key {missing[0]!r} is missing")
    made = msgspec.convert({**table, "name": name, "date": str(table["date"])}, Parameter)
    if not made.low <= made.value <= made.high:
        raise ValueError(f"low {made.low}, value {made.value} and high {made.high} are not in order")
    return made
