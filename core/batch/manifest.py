"""Read a manifest: which objects a batch is to process, and by which recipe.

The file's name says which form it has: a JSON list (``.json``), JSON Lines (``.jsonl``) or CSV (``.csv``). An
entry is a key, or an object with ``key`` and, if it is not the stack's, ``recipe``; in CSV these are columns.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import SetupError

FIELDS = ("key", "recipe")
FORMS = (".json", ".jsonl", ".csv")
SHOWN = 200  # characters of a value that is no entry


@dataclass(frozen=True)
class Entry:
    """An entry: where it stands in the file, the object's key, and the recipe if it names one.

    ``mistake`` says what is wrong with an entry that cannot be used.
    """

    at: str
    key: str = ""
    recipe: str = ""
    mistake: str = ""


def entries(path: Path) -> list[Entry]:
    """Return the entries of the manifest, those that are wrong included.

    Raises:
        SetupError: The file as a whole cannot be read, or has no entries.
    """
    form = path.suffix.lower()
    if form not in FORMS:
        raise SetupError(f"{path} is no manifest: its name must end in {', '.join(FORMS)}.")
    try:
        text = path.read_text(encoding="utf-8-sig", newline="")
    except UnicodeDecodeError as error:
        raise SetupError(f"{path} is not UTF-8: {error}.") from None
    found = list({".json": _list, ".jsonl": _lines, ".csv": _rows}[form](text, path))
    if not found:
        raise SetupError(f"The manifest {path} has no entries.")
    return found


def _list(text: str, path: Path) -> Iterator[Entry]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SetupError(f"{path} is not JSON: {_flaw(error)}.") from None
    if not isinstance(content, list):
        raise SetupError(f"{path} must be a list of keys, or of objects with a key.")
    for number, value in enumerate(content, 1):
        yield _entry(f"item {number}", value)


def _lines(text: str, path: Path) -> Iterator[Entry]:
    for number, line in enumerate(text.split("\n"), 1):  # a text may contain what str.splitlines() splits at
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Entry(f"line {number}", mistake=f"is not JSON: {_flaw(error)}")
        else:
            yield _entry(f"line {number}", value)


def _rows(text: str, path: Path) -> Iterator[Entry]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    names: tuple[str, ...] = FIELDS
    while True:
        at = f"line {reader.line_num + 1}"
        try:
            row = next(reader, None)
        except csv.Error as error:
            yield Entry(at, mistake=f"is not CSV: {error}")
            continue
        if row is None:
            return
        if at == "line 1" and "key" in row:
            names = tuple(row)
            if sorted({*names, *FIELDS}) != sorted(FIELDS) or len({*names}) < len(names):
                raise SetupError(
                    f"{path} has the columns {', '.join(names)}; there are {', '.join(FIELDS)}, each once."
                )
        elif len(row) > len(names):
            yield Entry(at, mistake=f"has {len(row)} columns; there are {', '.join(names)}")
        elif row:
            yield _entry(at, {name: value for name, value in zip(names, row, strict=False) if value})


def _entry(at: str, value: Any) -> Entry:
    table = {"key": value} if isinstance(value, str) else value
    if not isinstance(table, dict):
        return Entry(at, mistake=f"is {_shown(value)}; it must be a key, or an object with a key")
    for name, each in table.items():
        if name not in FIELDS:
            return Entry(at, mistake=f"has the unknown field {name!r}; there are {', '.join(FIELDS)}")
        if not isinstance(each, str):
            return Entry(at, mistake=f"has the {name} {_shown(each)}; it must be a text")
    if not table.get("key"):
        return Entry(at, mistake="has no key")
    return Entry(at, table["key"], table.get("recipe", ""))


def _flaw(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _shown(value: Any) -> str:
    """Return the beginning of a value as JSON."""
    text = json.dumps(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
