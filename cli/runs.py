"""``twinlens runs``: look at runs, compare those of a stack over time, and label them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from cli.console import Json, console, print_json, print_table, shown, stack_names
from compare.folder import read, read_head, write_head
from compare.report import build, tables
from compare.report.history import Past, history
from compare.report.tables import interval, outcomes, settings
from compare.statistics import Ratio

app = typer.Typer(no_args_is_help=True, help="Look at runs, and at a stack over time.")

Folder = Annotated[Path, typer.Option(help="The folder of run folders.")]
RunFolder = Annotated[Path, typer.Argument(help="A run folder, as `twinlens bench` creates them.")]
COLUMNS = (
    "run",
    "label",
    "stack",
    "began",
    "uploads",
    "median",
    "95 % quantile",
    "against the one before",
)


@app.command("list")
def list_runs(
    folder: Folder = Path("runs"),
    stack: Annotated[
        str | None,
        typer.Option("--stack", "-s", help="Only this stack's runs.", autocompletion=stack_names),
    ] = None,
    as_json: Json = False,
) -> None:
    """List runs, oldest first, each compared with the one before on the same stack."""
    found = history(folder, stack)
    if as_json:
        print_json([_document(each) for each in found])
    else:
        print_table(COLUMNS, [[shown(cell) for cell in _cells(each)] for each in found], numbers=COLUMNS[5:7])


@app.command("show")
def show(run: RunFolder, as_json: Json = False) -> None:
    """Show a run's conditions, times and costs."""
    made = build([read(run)])
    if as_json:
        print_json(msgspec.to_builtins(made.runs[0]))
        return
    for table in (tables.runs(made), tables.latencies(made)):
        numbers = [table.head[at] for at in table.numbers]
        print_table(table.head, [[shown(cell) for cell in row] for row in table.rows], numbers=numbers)
        console.print()
    for each in made.answers:
        console.print(f"{each.question} {shown(each.answer)}", soft_wrap=True)


@app.command("label")
def label(
    run: RunFolder,
    text: Annotated[str, typer.Argument(help="What reports call the run; empty for what sets it apart.")],
) -> None:
    """Give a run a label, which reports use in place of its stack and settings."""
    write_head(run, replace(read_head(run), label=" ".join(text.split())))


def _cells(past: Past) -> tuple[str, ...]:
    run, times = past.report.run, past.report.end_to_end
    middle, tail = (interval(each) if times.count else "-" for each in times.quantiles[:2])
    return (
        str(past.folder),
        run.label,
        f"{run.stack}: {settings(run)}",
        run.started[:16].replace("T", " "),
        outcomes(past.report.counts),
        middle,
        tail,
        _changed(past.change),
    )


def _changed(ratio: Ratio | None) -> str:
    if ratio is None:
        return ""
    if ratio.value is None or ratio.low is None or ratio.high is None:
        return "too few samples"
    verdict = {"first": "faster", "second": "slower"}.get(ratio.smaller, "no difference can be claimed")
    return f"{ratio.value:.2f} times ({ratio.low:.2f} to {ratio.high:.2f}), {verdict}"


def _document(past: Past) -> dict[str, object]:
    return {
        "folder": str(past.folder),
        "label": past.report.run.label,
        "stack": past.report.run.stack,
        "started": past.report.run.started,
        "counts": msgspec.to_builtins(past.report.counts),
        "end_to_end": msgspec.to_builtins(past.report.end_to_end),
        "before": past.before,
        "change_of_median": msgspec.to_builtins(past.change),
    }
