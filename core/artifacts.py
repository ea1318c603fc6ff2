"""Write finished pictures where a job's outputs go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PIL.Image import Image

from core.job import Artifact, Job
from core.photo import auto, formats
from core.photo.film import Film
from core.photo.formats import Encoded, Settings
from core.ports import ObjectStore
from core.recipe import AUTO, Recipe


def write_all(
    job: Job, store: ObjectStore, recipe: Recipe, films: Iterable[tuple[str, Film]]
) -> tuple[Artifact, ...]:
    """Put the named pictures under the job's ``jobs/`` prefix in each of the recipe's formats.

    If the recipe asks for a manifest it comes last, and looks at the first picture.
    """
    made: list[Artifact] = []
    first: Image | None = None
    for name, film in films:
        first = first or film.first
        made += _write(job, store, recipe, name, film)
    if recipe.options.manifest and job.photo and first:
        from core import manifest  # only such a recipe pays for its import

        made.append(put(job, store, "manifest", manifest.make(job.photo, first, made)))
    return tuple(made)


def _write(job: Job, store: ObjectStore, recipe: Recipe, name: str, film: Film) -> Iterator[Artifact]:
    for output in recipe.outputs:
        settings = Settings(
            quality=output.quality,
            progressive=output.progressive,
            background=recipe.options.background,
            copyright=job.photo.copyright if job.photo else "",
        )
        if output.format == AUTO:
            made = auto.smallest(film.first, settings, output.similarity)
        elif film.animated and output.animation == "keep":
            made = formats.animate(output.format, film, settings)
        else:
            made = formats.encode(output.format, film.first, settings)
        yield put(job, store, name, made, film.first.size)


def put(job: Job, store: ObjectStore, name: str, made: Encoded, size: tuple[int, int] = (0, 0)) -> Artifact:
    """Put one finished file under the job's ``jobs/`` prefix; ``size`` in pixels, where it is a picture."""
    file = f"{name}.{made.extension}"
    key = job.output_prefix + file
    store.put(key, made.data, made.content_type)
    return Artifact(file, key, made.content_type, *size, len(made.data))
