"""Make the filtered version of the photo, if the recipe has filters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.job import Job
from core.photo import filters
from core.photo.decode import read_film
from core.photo.pyramid import films, needed_for
from core.recipe import FILTERED
from core.store.renditions import write
from core.store.uploads import read_upload

if TYPE_CHECKING:
    from core.steps import Tools
    from core.workflow.model import Place

READS: frozenset[Place] = frozenset({"input"})
WRITES: frozenset[Place] = frozenset({"work"})


def run(job: Job, tools: Tools) -> Job:
    """Add the rendition ``filtered``, in the box of the first size: resized first, then filtered in order."""
    recipe = tools.recipe
    if not recipe.filters:
        return job
    data = read_upload(job, tools)
    photo, film = read_film(data, tools.max_pixels, recipe.boxes, animated=recipe.animated, recipe=recipe)
    whole, size = (photo.width, photo.height), recipe.sizes[0]
    first = films(film, needed_for(size, recipe.sizes, whole), whole)[size.name]
    filtered = first.each(lambda picture: filters.apply_all(picture, recipe.filters))
    made = write(job, tools.output, FILTERED, filtered)
    return replace(job, renditions=(*job.renditions, made))
