"""Write finished pictures to a job's outputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf

from PIL.Image import Image

from core.job import Artifact, Job
from core.photo import auto, formats, lean
from core.photo.film import Film
from core.photo.formats import Encoded, Settings
from core.ports import ObjectStore
from core.recipe import AUTO, Options, OutputFormat, Recipe


def write_all(
    job: Job, store: ObjectStore, recipe: Recipe, films: Iterable[tuple[str, Film]]
) -> tuple[Artifact, ...]:
    """Put the named pictures under the job's ``jobs/`` prefix in each of the recipe's formats.

    If the recipe asks for a manifest, it is written last, based on the first picture.
    """
    made: list[Artifact] = []
    first: Image | None = None
    for name, film in films:
        first = first or film.first
        made += _write(job, store, recipe, name, film)
    if recipe.options.manifest and job.photo and first:
        from core.store import manifest  # only such a recipe pays for its import

        sizes = {size.name for size in recipe.sizes}
        made.append(put(job, store, "manifest", manifest.make(job.photo, first, made, sizes)))
    return tuple(made)


def _write(job: Job, store: ObjectStore, recipe: Recipe, name: str, film: Film) -> Iterator[Artifact]:
    most_bytes = _most_bytes(job, recipe.options, film.first.size)
    for output in recipe.outputs:
        settings = Settings(
            quality=output.quality,
            progressive=output.progressive,
            effort=output.effort,
            background=recipe.options.background,
            copyright=job.photo.copyright if job.photo else "",
        )
        yield put(job, store, name, _encode(film, output, settings, most_bytes), film.first.size)


def _encode(film: Film, output: OutputFormat, settings: Settings, most_bytes: float) -> Encoded:
    if output.format == AUTO:
        return auto.smallest(film.first, settings, output.similarity, most_bytes)

    def encode(settings: Settings) -> Encoded:
        if film.animated and output.animation == "keep":
            return formats.animate(output.format, film, settings)
        return formats.encode(output.format, film.first, settings)

    return lean.within(encode, settings, most_bytes, lossless=formats.load(output.format).LOSSLESS)


def _most_bytes(job: Job, options: Options, size: tuple[int, int]) -> float:
    """Return the maximum bytes of a picture of this size: those of the photo, if it has the same size."""
    own = job.photo and (job.photo.width, job.photo.height)
    return job.source.size if size == own and not options.larger else inf


def put(job: Job, store: ObjectStore, name: str, made: Encoded, size: tuple[int, int] = (0, 0)) -> Artifact:
    """Put one finished file under the job's ``jobs/`` prefix; ``size`` is in pixels, for a picture."""
    file = f"{name}.{made.extension}"
    key = job.output_prefix + file
    store.put(key, made.data, made.content_type)
    return Artifact(file, key, made.content_type, *size, len(made.data))
