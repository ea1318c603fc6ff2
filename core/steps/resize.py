"""Make the recipe's sizes of the photo."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.job import Job
from core.photo.decode import read_film
from core.photo.pyramid import films
from core.photo.sheet import sheets
from core.store.renditions import write
from core.store.uploads import read_upload

if TYPE_CHECKING:
    from core.steps import Tools
    from core.workflow.model import Place

READS: frozenset[Place] = frozenset({"input"})
WRITES: frozenset[Place] = frozenset({"work"})


def run(job: Job, tools: Tools) -> Job:
    """Add a rendition for each size, and the sheets of an animation."""
    recipe, data = tools.recipe, read_upload(job, tools)
    photo, film = read_film(data, tools.max_pixels, recipe.boxes, animated=recipe.animated, recipe=recipe)
    whole = photo.width, photo.height
    pictures = films(film, recipe.sizes, whole) | sheets(film, recipe.sheets, whole)
    made = (write(job, tools.output, *each) for each in pictures.items())
    return replace(job, renditions=(*job.renditions, *made))
