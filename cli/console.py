"""Output of all commands: tables and progress for people, JSON for machines, errors in one line."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.console import Console, JustifyMethod
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

PIPED_WIDTH = 140  # characters, if there is no terminal

console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
StackName = Annotated[str, typer.Option("--stack", "-s", help="The Pulumi stack, such as aws-local.")]

# Columns with text may wrap; numbers, ids and states may not.
WORDY = frozenset({"photo", "key", "reason", "done", "what to do", "address", "price", "source", "type"})
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}
# How Python represents bytes of a file name that are not UTF-8 (PEP 383).
_CONTROLS |= {0xDC00 + byte: f"\\x{byte:02x}" for byte in range(128, 256)}
STATE_STYLES = {"succeeded": "green", "rejected": "yellow", "failed": "red", "lost": "red"}


def print_json(value: Any) -> None:
    """Print JSON values, indented, on standard output; bytes that are not UTF-8 are printed as escapes."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    typer.echo(text.encode(errors="backslashreplace").decode())


def print_error(message: str) -> None:
    """Print the message on standard error, its first line in red."""
    first, _, rest = message.strip().partition("\n")
    errors.print(f"[red]{shown(first)}[/red]")
    for line in rest.splitlines():
        errors.print(shown(line))


def shown(text: str) -> str:
    """Escape untrusted text as markup that prints it literally, including control characters."""
    return escape(text.translate(_CONTROLS))


def state_text(state: str) -> str:
    """Return the state with its colour as markup."""
    style = STATE_STYLES.get(state, "blue")
    return f"[{style}]{escape(state)}[/{style}]"


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[str] = ()) -> Table:
    """Return a table of markup cells, with the columns in ``numbers`` right-aligned."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        side: JustifyMethod = "right" if column in numbers else "left"
        made.add_column(column, justify=side, no_wrap=column not in WORDY, overflow="fold")
    for row in rows:
        made.add_row(*row)
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
