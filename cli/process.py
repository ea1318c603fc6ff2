"""``twinlens process``: the workflow's steps on photos of this machine, with no cloud."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import typer

from cli.console import Json, console, print_error, print_json, progress, shown, table
from components.uploads import SUFFIXES
from core import recipes
from core.errors import PhotoError, SetupError, StoreError, TwinlensError
from core.folder import FolderStore
from core.job import Artifact, Job, Photo, Source, job_id
from core.memory import MemoryStore
from core.recipe import Recipe
from core.steps import Tools, execute
from core.trace import now
from core.workflow.environment import USUAL_MAX_BYTES, USUAL_MAX_PIXELS
from core.workflow.granularity import FUSED, pipeline_in

Photos = Annotated[
    list[Path], typer.Argument(exists=True, help="Photo files, or folders with photo files in them.")
]


@dataclass(frozen=True)
class Result:
    """What became of one photo; ``artifacts`` are in ``folder``."""

    photo: Path
    state: str
    ms: float
    reason: str = ""
    content: Photo | None = None
    folder: Path = Path()
    artifacts: tuple[Artifact, ...] = field(default=())


def process(
    photos: Photos,
    recipe: Annotated[str, typer.Option("--recipe", "-r", help="A name in recipes/.")] = "gallery",
    out: Annotated[Path, typer.Option("--out", "-o", file_okay=False, help="Where the outputs go.")] = Path(
        "out/photos"
    ),
    json: Json = False,
) -> None:
    """Process photos here, with no cloud; exit 1 if any of them was refused."""
    chosen = recipes.load(recipe)
    targets = _targets(photos, out)
    if not targets:
        raise SetupError(f"There is no photo in {', '.join(map(str, photos))}.")
    with progress() as bar:
        task = bar.add_task("processing", total=len(targets), note="")
        done = {}
        for result in _all(targets, chosen):
            done[result.photo] = result
            bar.update(task, advance=1, note=shown(result.photo.name))
    results = [done[photo] for photo in targets]
    if json:
        print_json([_document(result) for result in results])
    else:
        _print(results, out)
    if any(result.state != "succeeded" for result in results):
        raise typer.Exit(1)


def process_photo(photo: Path, folder: Path, recipe: Recipe) -> Result:
    """Run the workflow's steps, fused, on one photo and put its artifacts into ``folder``.

    All of them are made before the first is written, so that a photo that fails leaves nothing behind.
    """
    began = time.perf_counter()
    made = MemoryStore()
    try:
        file = photo.resolve(strict=True)
        if not file.is_file():
            return Result(photo, "failed", _ms(began), "It is no file with content.")
        tools = Tools(FolderStore(file.parent), made, recipe, USUAL_MAX_BYTES, USUAL_MAX_PIXELS)
        job = _job(file, recipe)
        for step in pipeline_in(FUSED).steps():
            job = execute(step.name, job, tools)
            if job.error:
                return Result(photo, "rejected", _ms(began), job.error.message)
        _write({each.name: made.objects[each.key] for each in job.artifacts}, folder)
    except PhotoError as error:
        return Result(photo, "rejected", _ms(began), str(error))
    except TwinlensError as error:
        return Result(photo, "failed", _ms(began), str(error))
    except OSError as error:
        return Result(photo, "failed", _ms(began), f"It can't be read: {error.strerror}.")
    return Result(photo, "succeeded", _ms(began), "", job.photo, folder, job.artifacts)


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write all of the files, or none if one can't be written.

    Raises:
        StoreError: One can't.
    """
    drafts = FolderStore(folder)
    fresh = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        for name, data in files.items():
            drafts.put(f".{name}.draft", data, "")
    except StoreError:
        for name in files:
            with suppress(OSError):
                drafts.path(f".{name}.draft").unlink()
        for each in fresh:
            with suppress(OSError):  # it may hold another photo's outputs by now
                each.rmdir()
        raise
    for name in files:
        drafts.path(f".{name}.draft").rename(drafts.path(name))


def _job(photo: Path, recipe: Recipe) -> Job:
    status = photo.stat()
    source = Source(str(photo.parent), photo.name, str(status.st_mtime_ns), status.st_size)
    container, key = (os.fsencode(each).decode(errors="replace") for each in (source.container, source.key))
    identifier = job_id(container, key, source.etag, recipe.name)
    return Job(identifier, recipe.name, source, execution="here", uploaded_at=now(), accepted_at=now())


def _ms(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)


def _targets(photos: list[Path], out: Path) -> dict[Path, Path]:
    """Return each photo with the folder for its outputs: named like it, and numbered where that is taken."""
    files: list[Path] = []
    for path in photos:
        if path.is_dir():
            found = (file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
            files += sorted(file for file in found if not file.is_dir())
        else:
            files.append(path)
    targets: dict[Path, Path] = {}
    for file in dict.fromkeys(files):
        name = file.stem if file.stem.strip(".") else "photo"  # never "..", which leads out of the folder
        folder, number = out / name, 1
        while folder in targets.values():
            number += 1
            folder = out / f"{name}-{number}"
        targets[file] = folder
    return targets


def _all(targets: dict[Path, Path], recipe: Recipe) -> Iterator[Result]:
    """Yield the results as they come in, from as many processes as there are cores.

    If a process dies, as for want of memory, nobody knows of which photo: those that are left are then done
    in a process each.
    """
    workers, left = min(os.cpu_count() or 1, len(targets)), dict(targets)
    if workers == 1:
        yield from (process_photo(photo, folder, recipe) for photo, folder in targets.items())
        return
    try:
        for result in _pooled(left, recipe, workers):
            del left[result.photo]
            yield result
    except BrokenProcessPool:
        for photo, folder in left.items():
            try:
                yield from _pooled({photo: folder}, recipe, 1)
            except BrokenProcessPool:
                yield Result(photo, "failed", 0.0, "Its process died, perhaps for want of memory.")


def _pooled(targets: dict[Path, Path], recipe: Recipe, workers: int) -> Iterator[Result]:
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(process_photo, photo, folder, recipe) for photo, folder in targets.items()]
        for each in as_completed(running):
            yield each.result()


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
        console.print(table(columns, rows, numbers=("files", "bytes", "ms")))
    for result in results:
        if result.state != "succeeded":
            print_error(f"{result.photo}: {result.state}: {result.reason}")
    console.print(f"{len(rows)} of {len(results)} photos succeeded; their outputs are in {shown(str(out))}.")
