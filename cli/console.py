"""Output of all commands: tables and progress for people, JSON for machines, errors in one line."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from core.visible import visible, visible_json

PIPED_WIDTH = 140  # characters, if there is no terminal
FOLDED_WIDTH = 20  # characters below which a column with text is not folded
GAP = 2  # characters between columns

console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def stack_names(incomplete: str) -> list[str]:
    """Complete the name of a stack."""
    from bench.project import stacks  # reads YAML, which few commands need

    return [name for name in stacks() if name.startswith(incomplete)]


STACK = typer.Option("--stack", "-s", help="The Pulumi stack, such as aws-local.", autocompletion=stack_names)
StackName = Annotated[str, STACK]

# Columns with text may wrap; numbers, ids and states may not.
WORDY = frozenset({"photo", "key", "reason", "done", "what to do", "address", "price", "source", "type"})
STATE_STYLES = {
    "awaiting_approval": "cyan",
    "succeeded": "green",
    "rejected": "yellow",
    "refused": "yellow",
    "expired": "yellow",
    "failed": "red",
    "lost": "red",
}


def print_json(value: Any) -> None:
    """Print JSON values, indented, on standard output; what is hidden or not UTF-8 is printed as escapes."""
    text = visible_json(json.dumps(value, indent=2, ensure_ascii=False))
    typer.echo(text.encode(errors="backslashreplace").decode())


def print_error(message: str) -> None:
    """Print the message on standard error, its first line in red."""
    first, _, rest = message.strip().partition("\n")
    errors.print(f"[red]{shown(first)}[/red]")
    for line in rest.splitlines():
        errors.print(shown(line))


def shown(text: str) -> str:
    """Escape untrusted text as markup that prints it literally, including control characters."""
    return escape(visible(text))


def state_text(state: str) -> str:
    """Return the state with its colour as markup."""
    style = STATE_STYLES.get(state, "blue")
    return f"[{style}]{escape(state)}[/{style}]"


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[str] = ()) -> None:
    """Print rows of markup cells, with the columns in ``numbers`` right-aligned.

    Nothing is left out where the console is narrow: columns with text are folded, then headings; if that is
    not enough, each row becomes a block of lines, one a cell.
    """
    for headings in (tuple(columns), tuple(column.replace(" ", "\n") for column in columns)):
        if _width(columns, headings, rows) <= console.width:
            made = Table(box=None, pad_edge=False, header_style="bold")
            for column, heading in zip(columns, headings, strict=True):
                side: JustifyMethod = "right" if column in numbers else "left"
                made.add_column(heading, justify=side, no_wrap=column not in WORDY, overflow="fold")
            for row in rows:
                made.add_row(*row)
            console.print(made)
            return
    for number, row in enumerate(rows):
        if number:
            console.print()
        console.print(_block(columns, row))


def _width(columns: Sequence[str], headings: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Return the characters that a table needs at least, if columns with text are folded."""
    widths = [max(map(cell_len, heading.split("\n"))) for heading in headings]
    for row in rows:
        for at, (column, cell) in enumerate(zip(columns, row, strict=True)):
            whole = Text.from_markup(cell).cell_len
            widths[at] = max(widths[at], min(whole, FOLDED_WIDTH) if column in WORDY else whole)
    return sum(widths) + GAP * (len(widths) - 1)


def _block(columns: Sequence[str], row: Sequence[str]) -> Table:
    made = Table(box=None, pad_edge=False, show_header=False)
    made.add_column(no_wrap=True, style="bold")
    made.add_column(overflow="fold")
    for column, cell in zip(columns, row, strict=True):
        if cell:
            made.add_row(column, cell)
    return made


def progress() -> Progress:
    """Return a progress display on standard error, so that results can be piped."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    )
