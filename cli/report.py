"""``twinlens report``: compare runs."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from cli.console import Json, console, print_error, print_json, print_table, shown, state_text
from cli.cost import Terms, ViewsPerPhoto, book_at, views_of
from compare.folder import read_all
from compare.report import Report, build, csv, schema, thresholds, to_json, write
from compare.report.build import IMAGES_PER_MONTH
from compare.report.rows import columns, rows


def _print_schema(asked: bool) -> None:
    if asked:
        print_json(schema())
        raise typer.Exit


Out = Annotated[
    Path, typer.Option(file_okay=False, help="Where to write report.html, report.md and report.json.")
]
Runs = Annotated[list[Path], typer.Argument(help="Run folders, as `twinlens bench` creates them.")]


def report(
    runs: Runs,
    out: Out = Path("out"),
    images_per_month: Annotated[int, typer.Option(min=1, help="Photos a month to price.")] = IMAGES_PER_MONTH,
    with_csv: Annotated[
        bool, typer.Option("--csv", help="Also write jobs.csv, costs.csv and volumes.csv.")
    ] = False,
    fail_if: Annotated[
        list[str] | None,
        typer.Option(help="Exit with 1 if this holds of a run: 'p95 > 3s', 'cost_per_1000 > 0.30'."),
    ] = None,
    views_per_photo: ViewsPerPhoto = None,
    terms: Terms = None,
    as_json: Json = False,
    show_schema: Annotated[
        bool,
        typer.Option(
            "--schema", callback=_print_schema, is_eager=True, help="Print the JSON Schema of report.json."
        ),
    ] = False,
) -> None:
    """Compare runs: write the report, and print its table.

    With --fail-if, exits with 1 if a threshold is crossed; the metrics are p50, p95, p99, cost_per_1000,
    cost_per_month, rejected, failed and lost.
    """
    limits, book = thresholds.parse(fail_if or ()), book_at(terms)
    with _keeping_everything():
        folders = read_all(runs)
        views = views_of(views_per_photo, front_door=any(each.run.front_door for each in folders))
        made = build(folders, images_per_month, book=book, views=views)
        page = write(made, folders, out)
        if with_csv:
            csv.write(made, folders, out)
    if as_json:
        typer.echo(to_json(made), nl=False)
    else:
        show(made)
        console.print(f"The full report: {shown(str(page))}")
    crossed = thresholds.failures(made, limits)
    for sentence in crossed:
        print_error(sentence)
    if crossed:
        raise typer.Exit(1)


@contextmanager
def _keeping_everything() -> Iterator[None]:
    """Disable garbage collection: all records live to the end, and scanning them takes half the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def show(made: Report) -> None:
    """Print the table of all photos and the summary."""
    names = columns(made)
    cells = [[shown(cell) for cell in row] for row in rows(made)]
    for row in cells:
        row[2] = state_text(row[2])
    print_table(names, cells, numbers=names[3:])
    console.print(f"\n[yellow]{shown(made.notice)}[/yellow]")
    for sentence in made.summary:
        console.print(shown(sentence), soft_wrap=True)
    console.print(f"\n[bold]{made.images_per_month:,} photos a month[/bold]")
    for each in made.answers:
        console.print(f"{each.question} {shown(each.answer)}", soft_wrap=True)
