"""Do all image work with one decode: the only step of the fused granularity."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.job import Job
from core.photo import filters
from core.photo.decode import read_film
from core.photo.pyramid import films
from core.photo.sheet import sheets
from core.recipe import FILTERED, kept
from core.store import artifacts
from core.store.uploads import read_upload

if TYPE_CHECKING:
    from core.steps import Tools
    from core.workflow.model import Place

READS: frozenset[Place] = frozenset({"input"})
WRITES: frozenset[Place] = frozenset({"output"})
GATE = True
# All other steps of the workflow run separately in the fused granularity too: see core.workflow.granularity.
STANDS_FOR = frozenset({"validate", "resize", "apply_filters", "optimize"})


def run(job: Job, tools: Tools) -> Job:
    """Set ``photo`` and add all artifacts, byte for byte those of the steps in :data:`STANDS_FOR`.

    It writes no renditions.

    Raises:
        PhotoError: The photo itself is at fault.
    """
    recipe = tools.recipe
    data = read_upload(job, tools)
    photo, film = read_film(data, tools.max_pixels, recipe.boxes, animated=recipe.animated, recipe=recipe)
    del data
    job = replace(job, photo=kept(photo, recipe.options))
    whole = photo.width, photo.height
    pictures = films(film, recipe.sizes, whole) | sheets(film, recipe.sheets, whole)
    del film
    if recipe.filters:
        first = pictures[recipe.sizes[0].name]
        pictures[FILTERED] = first.each(lambda picture: filters.apply_all(picture, recipe.filters))
    return replace(job, artifacts=artifacts.write_all(job, tools.output, recipe, pictures.items()))
