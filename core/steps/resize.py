"""Make the recipe's sizes of the photo."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.job import Job
from core.photo.decode import read
from core.photo.pyramid import pyramid
from core.renditions import write
from core.workflow.model import Place

if TYPE_CHECKING:
    from core.steps import Tools

READS: frozenset[Place] = frozenset({"input"})
WRITES: frozenset[Place] = frozenset({"work"})


def run(job: Job, tools: Tools) -> Job:
    """Add a rendition for each size."""
    data = tools.input.get(job.source.key, tools.max_bytes)
    photo, picture = read(data, tools.max_pixels, tools.recipe.sizes)
    pictures = pyramid(picture, tools.recipe.sizes, (photo.width, photo.height))
    made = (write(job, tools.output, *each) for each in pictures.items())
    return replace(job, renditions=(*job.renditions, *made))
