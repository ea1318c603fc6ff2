"""Make the filtered version of the photo, if the recipe has filters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.job import Job
from core.photo import filters
from core.photo.decode import decode
from core.photo.resize import resize
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
    box = tools.recipe.sizes[0]
    picture = resize(decode(tools.input.get(job.source.key, tools.max_bytes), tools.max_pixels, (box,)), box)
    for call in tools.recipe.filters:
        picture = filters.apply(picture, call.name, call.parameters)
    return replace(job, renditions=(*job.renditions, write(job, tools.output, FILTERED, picture)))
