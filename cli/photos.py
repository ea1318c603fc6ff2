"""``twinlens photos``: make photos to measure with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.photo_set import Format, make
from cli.console import Json, console, print_json, progress, shown

app = typer.Typer(no_args_is_help=True, help="Make photos to measure with.")


@app.callback()
def photos() -> None:
    """Keep ``make`` a command of its own."""


@app.command("make")
def make_photos(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Where to write the photos.")],
    count: Annotated[int, typer.Option(min=1, max=10_000, help="Number of photos.")] = 24,
    megapixels: Annotated[
        list[float] | None, typer.Option(min=0.01, max=100, help="A size; repeat for several. Default: 12.")
    ] = None,
    formats: Annotated[
        list[Format] | None, typer.Option("--format", help="A format; repeat for several. Default: jpeg.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed makes other pictures.")] = 1,
    as_json: Json = False,
) -> None:
    """Make camera-like photos of chosen sizes and formats, in all orientations."""
    made = []
    with progress() as bar:
        task = bar.add_task("making photos", total=count, note="")
        for path in make(folder, count, megapixels or [12], formats or [Format.JPEG], seed):
            made.append(path)
            bar.advance(task)
    total = sum(path.stat().st_size for path in made)
    if as_json:
        print_json([{"path": str(path), "bytes": path.stat().st_size} for path in made])
    else:
        console.print(f"{len(made)} photos with {total / 1e6:,.1f} MB are in {shown(str(folder))}.")
