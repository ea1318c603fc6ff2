"""``twinlens calibrate``: fit the simulation's parameters to this machine's work, or to real runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bench.photos import photos_in
from cli.console import Json, console, print_json, print_table, progress, shown
from compare.folder import HEAD, read
from core import recipes
from core.errors import SetupError
from simulation.calibrating import Change, from_photos, from_run
from simulation.measuring import measure

Sources = Annotated[list[Path], typer.Argument(help="A folder of photos, or run folders.")]
COLUMNS = ("parameter", "was", "is now", "unit", "because")


def calibrate(
    sources: Sources,
    recipe: Annotated[
        str, typer.Option("--recipe", "-r", help="A name in recipes/, for photos.")
    ] = "gallery",
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", dir_okay=False, help="Write the parameters to this TOML file."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Fit the simulation's parameters to photos on this machine or to real runs, and show the changes."""
    if wrong := [each for each in sources if not each.is_dir()]:
        found = (f"{each} is {'a file' if each.exists() else 'not there'}" for each in wrong)
        raise SetupError(f"{'; '.join(found)}. Give either run folders, or one folder of photos.")
    runs = [each for each in sources if (each / HEAD).exists()]
    if runs and len(runs) < len(sources):
        other = next(each for each in sources if each not in runs)
        raise SetupError(f"{other} is not a run. Give either run folders, or one folder of photos.")
    if runs:
        changes = list(
            {change.after.name: change for each in runs for change in from_run(read(each))}.values()
        )
    else:
        changes = _from_photos(sources, recipe)
    if out is not None:
        out.write_text("\n".join(each.toml for each in changes), encoding="utf-8")
    if as_json:
        print_json([each.document for each in changes])
        return
    rows = [[escape(cell) for cell in each.cells] for each in changes]
    print_table(COLUMNS, rows, numbers=("was", "is now"))
    if out is not None:
        console.print(
            f"The parameters: {shown(str(out))}. `twinlens simulate --parameters {shown(str(out))}`"
        )


def _from_photos(folders: list[Path], recipe: str) -> list[Change]:
    photos = [path for folder in folders for path in photos_in(folder)]
    if not photos:
        raise SetupError(f"There are no photos in {', '.join(map(str, folders))}.")
    with progress() as bar:
        task = bar.add_task("measuring", total=len(photos), note="")
        work = measure(
            photos, recipes.load(recipe), lambda photo: bar.update(task, advance=1, note=shown(photo.name))
        )
    return from_photos(work)
