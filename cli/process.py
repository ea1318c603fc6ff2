"""``twinlens process``: run the workflow's steps on local photos, without a cloud."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.offline import Result, process_all, targets
from cli.console import Json, console, print_error, print_json, print_table, progress, shown
from cli.filters import OwnFilters
from core import recipes
from core.errors import SetupError
from core.photo import filters


def _recipes(incomplete: str) -> list[str]:
    return [name for name in recipes.names() if name.startswith(incomplete)]


Photos = Annotated[list[Path], typer.Argument(exists=True, help="Photo files, or folders of photo files.")]


def process(
    photos: Photos,
    recipe: Annotated[
        str,
        typer.Option(
            "--recipe", "-r", help="A name in recipes/, or a recipe's file.", autocompletion=_recipes
        ),
    ] = "gallery",
    own_filters: OwnFilters = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", file_okay=False, help="Where to write the outputs.")
    ] = Path("out/photos"),
    json: Json = False,
) -> None:
    """Process photos on this machine, without a cloud; exit with 1 unless all succeed."""
    for folder in own_filters or ():
        filters.add(folder)
    chosen = recipes.read(Path(recipe)) if recipe.endswith(".toml") else recipes.load(recipe)
    folders = targets(photos, out)
    if not folders:
        raise SetupError(f"There are no photos in {', '.join(map(str, photos))}.")
    with progress() as bar:
        task = bar.add_task("processing", total=len(folders), note="")
        done = {}
        for result in process_all(folders, chosen, own_filters or ()):
            done[result.photo] = result
            bar.update(task, advance=1, note=shown(result.photo.name))
    results = [done[photo] for photo in folders]
    if json:
        print_json([_document(result) for result in results])
    else:
        _print(results, out)
    if any(result.state != "succeeded" for result in results):
        raise typer.Exit(1)


def _document(result: Result) -> dict[str, object]:
    content = result.content
    return {
        "photo": str(result.photo),
        "state": result.state,
        "reason": result.reason or None,
        "format": content and content.format,
        "width": content and content.width,
        "height": content and content.height,
        "ms": result.ms,
        "files": [
            {
                "path": str(result.folder / artifact.name),
                "width": artifact.width,
                "height": artifact.height,
                "bytes": artifact.size,
            }
            for artifact in result.artifacts
        ],
    }


def _print(results: list[Result], out: Path) -> None:
    rows = [
        [
            shown(str(result.photo)),
            f"{content.width} x {content.height} {content.format}",
            str(len(result.artifacts)),
            f"{sum(artifact.size for artifact in result.artifacts):,}",
            f"{result.ms:,.0f}",
        ]
        for result in results
        if (content := result.content)
    ]
    if rows:
        columns = ["photo", "content", "files", "bytes", "ms"]
        print_table(columns, rows, numbers=("files", "bytes", "ms"))
    for result in results:
        if result.state != "succeeded":
            print_error(f"{result.photo}: {result.state}: {result.reason}")
    console.print(f"{len(rows)} of {len(results)} photos succeeded; their outputs are in {shown(str(out))}.")
