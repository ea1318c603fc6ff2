"""A table of text cells, independent of the output format."""

from __future__ import annotations

from dataclasses import dataclass

NOTHING = "-"  # in a cell without a figure


@dataclass(frozen=True)
class Table:
    """Headings and cells; the columns in ``numbers`` contain figures, the others words."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: range

    @classmethod
    def of(
        cls, title: str, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...], words: int = 1
    ) -> Table:
        """Return a table whose first ``words`` columns contain words and the others figures."""
        return cls(title, head, rows, range(words, len(head)))
