"""Make the filtered version of the photo, if the recipe has filters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.job import Job
from core.photo import filters
from core.photo.decode import read
from core.photo.pyramid import pyramid
from core.recipe import FILTERED
from core.renditions import write
from core.workflow.model import Place

if TYPE_CHECKING:
    from core.steps import Tools

READS: frozenset[Place] = frozenset({"input"})
WRITES: frozenset[Place] = frozenset({"work"})


def run(job: Job, tools: Tools) -> Job:
    """Add the rendition ``filtered``, in the box of the first size: resized first, then filtered in order."""
    if not tools.recipe.filters:
        return job
    data, sizes = tools.input.get(job.source.key, tools.max_bytes), tools.recipe.sizes
    photo, picture = read(data, tools.max_pixels, sizes)
    first = pyramid(picture, sizes, (photo.width, photo.height))[sizes[0].name]
    made = write(job, tools.output, FILTERED, filters.apply_all(first, tools.recipe.filters))
    return replace(job, renditions=(*job.renditions, made))
