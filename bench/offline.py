"""Run the workflow's steps on local photos, without a cloud."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from bench.photos import photos_in
from core.errors import PhotoError, TwinlensError
from core.job import Artifact, Job, Photo, Source, job_id
from core.memory import MemoryStore
from core.photo import filters
from core.recipe import Recipe
from core.steps import Tools, execute
from core.store.folder import FolderStore, write_all
from core.trace import now
from core.workflow.granularity import FUSED, pipeline_in


@dataclass(frozen=True)
class Result:
    """The result of one photo; its ``artifacts`` are in ``folder``."""

    photo: Path
    state: str
    ms: float
    reason: str = ""
    content: Photo | None = None
    folder: Path = Path()
    artifacts: tuple[Artifact, ...] = field(default=())


def process_photo(photo: Path, folder: Path, recipe: Recipe) -> Result:
    """Run the workflow's steps, fused, on one photo and write its artifacts to ``folder``.

    All artifacts are made before the first is written, so that a photo that fails leaves nothing behind.
    """
    began = time.perf_counter()
    made = MemoryStore()
    try:
        file = photo.resolve(strict=True)
        if not file.is_file():
            return Result(photo, "failed", _ms(began), "It is not a regular file.")
        tools = Tools(FolderStore(file.parent), made, recipe)
        job = _job(file, recipe)
        for step in pipeline_in(FUSED).steps():
            job = execute(step.name, job, tools)
            if job.error:
                return Result(photo, "rejected", _ms(began), job.error.message)
        write_all({each.name: made.objects[each.key] for each in job.artifacts}, folder)
    except PhotoError as error:
        return Result(photo, "rejected", _ms(began), str(error))
    except TwinlensError as error:
        return Result(photo, "failed", _ms(began), str(error))
    except OSError as error:
        return Result(photo, "failed", _ms(began), f"It can't be read: {error.strerror}.")
    return Result(photo, "succeeded", _ms(began), "", job.photo, folder, job.artifacts)


def _job(photo: Path, recipe: Recipe) -> Job:
    status = photo.stat()
    source = Source(str(photo.parent), photo.name, str(status.st_mtime_ns), status.st_size)
    container, key = (os.fsencode(each).decode(errors="replace") for each in (source.container, source.key))
    identifier = job_id(container, key, source.etag, recipe.name)
    return Job(identifier, recipe.name, source, execution="here", uploaded_at=now(), accepted_at=now())


def _ms(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)


def targets(photos: Sequence[Path], out: Path) -> dict[Path, Path]:
    """Map each photo to the folder for its outputs, named after the photo and numbered if necessary."""
    files: list[Path] = []
    for path in photos:
        if path.is_dir():
            files += photos_in(path)
        else:
            files.append(path)
    folders: dict[Path, Path] = {}
    for file in dict.fromkeys(files):
        name = file.stem if file.stem.strip(".") else "photo"  # never "..", which would leave the folder
        folder, number = out / name, 1
        while folder in folders.values():
            number += 1
            folder = out / f"{name}-{number}"
        folders[file] = folder
    return folders


def process_all(
    targets: Mapping[Path, Path], recipe: Recipe, own_filters: Sequence[Path] = ()
) -> Iterator[Result]:
    """Yield the results as they arrive, from one process per core; ``own_filters`` are folders of filters.

    If a process dies, for example for lack of memory, the photo that caused it is unknown: each of the
    remaining photos is then processed in a separate process.
    """
    workers, left = min(os.cpu_count() or 1, len(targets)), dict(targets)
    if workers == 1:
        yield from (process_photo(photo, folder, recipe) for photo, folder in targets.items())
        return
    try:
        for result in _pooled(left, recipe, own_filters, workers):
            del left[result.photo]
            yield result
    except BrokenProcessPool:
        for photo, folder in left.items():
            try:
                yield from _pooled({photo: folder}, recipe, own_filters, 1)
            except BrokenProcessPool:
                yield Result(photo, "failed", 0.0, "Its process died, possibly because it ran out of memory.")


def _pooled(
    targets: Mapping[Path, Path], recipe: Recipe, own_filters: Sequence[Path], workers: int
) -> Iterator[Result]:
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_add_all, initargs=(own_filters,)) as pool:
        running = [pool.submit(process_photo, photo, folder, recipe) for photo, folder in targets.items()]
        for each in as_completed(running):
            yield each.result()


def _add_all(folders: Sequence[Path]) -> None:
    for folder in folders:
        filters.add(folder)
