"""Make the recipe's sizes of the photo."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.job import Job
from core.photo.decode import decode
from core.photo.resize import resize
from core.renditions import write
from core.workflow.model import Place

if TYPE_CHECKING:
    from core.steps import Tools

READS: frozenset[Place] = frozenset({"input"})
WRITES: frozenset[Place] = frozenset({"work"})


def run(job: Job, tools: Tools) -> Job:
    """Add a rendition for each size."""
    sizes = tools.recipe.sizes
    photo = decode(tools.input.get(job.source.key, tools.max_bytes), tools.max_pixels, sizes)
    made = tuple(write(job, tools.output, size.name, resize(photo, size)) for size in sizes)
    return replace(job, renditions=(*job.renditions, *made))
