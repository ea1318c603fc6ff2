"""Write finished pictures where a job's outputs go."""

from __future__ import annotations

from collections.abc import Iterator

from PIL.Image import Image

from core.job import Artifact, Job
from core.photo import auto, formats
from core.photo.formats import Encoded, Settings
from core.ports import ObjectStore
from core.recipe import AUTO, Recipe


def write(job: Job, store: ObjectStore, recipe: Recipe, name: str, picture: Image) -> Iterator[Artifact]:
    """Put the picture under the job's ``jobs/`` prefix in each of the recipe's formats."""
    for output in recipe.outputs:
        settings = Settings(
            quality=output.quality,
            progressive=output.progressive,
            background=recipe.options.background,
            copyright=job.photo.copyright if job.photo else "",
        )
        if output.format == AUTO:
            made = auto.smallest(picture, settings, output.similarity)
        else:
            made = formats.encode(output.format, picture, settings)
        yield put(job, store, name, made, picture.size)


def put(job: Job, store: ObjectStore, name: str, made: Encoded, size: tuple[int, int] = (0, 0)) -> Artifact:
    """Put one finished file under the job's ``jobs/`` prefix; ``size`` in pixels, where it is a picture."""
    file = f"{name}.{made.extension}"
    key = job.output_prefix + file
    store.put(key, made.data, made.content_type)
    return Artifact(file, key, made.content_type, *size, len(made.data))
