"""A table as text cells, whoever prints it."""

from __future__ import annotations

from dataclasses import dataclass

NOTHING = "-"  # in a cell without a figure


@dataclass(frozen=True)
class Table:
    """Cells under headings; the columns in ``numbers`` hold figures, the others words."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: range

    @classmethod
    def of(
        cls, title: str, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...], words: int = 1
    ) -> Table:
        """Return a table whose first ``words`` columns hold words and the others figures."""
        return cls(title, head, rows, range(words, len(head)))
