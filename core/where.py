"""Locate tables and keys in a TOML file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_HEADER = re.compile(r"\s*\[\[?\s*([\w-]+)\s*\]\]?\s*(#.*)?")
_KEY = re.compile(r"\s*[\"']?([\w-]+)[\"']?\s*=")
# Stands for the table itself among its keys.
ITSELF = ""

Lines = Mapping[tuple[str, int], Mapping[str, int]]


@dataclass(frozen=True)
class Where:
    """One table of a file, described for messages, with the line if ``lines`` are given."""

    file: str
    table: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)

    def __call__(self, key: str = ITSELF) -> str:
        """Return the words for one key of the table, or for the table itself."""
        line = self.lines.get(key, self.lines.get(ITSELF))
        place = f"{self.file}, line {line}" if line else self.file
        return ": ".join(filter(None, (place, self.table, key)))


def lines(text: str) -> dict[tuple[str, int], dict[str, int]]:
    """Return the line of each key, by table and by how many tables of that name came before and with it.

    The keys above all tables are those of ``("", 0)``, and so are the tables' names.
    """
    current: dict[str, int] = {}
    found, counts = {("", 0): current}, dict[str, int]()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.fullmatch(line):
            name = header[1]
            counts[name] = counts.get(name, 0) + 1
            found["", 0].setdefault(name, number)
            current = found[name, counts[name]] = {ITSELF: number}
        elif key := _KEY.match(line):
            current.setdefault(key[1], number)
    return found
