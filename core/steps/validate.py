"""See whether the upload is a photo that can be processed, and learn what it holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import PhotoError
from core.job import Job, Problem
from core.photo.decode import inspect
from core.recipe import kept

if TYPE_CHECKING:
    from core.steps import Tools
    from core.workflow.model import Place

READS: frozenset[Place] = frozenset({"input"})
WRITES: frozenset[Place] = frozenset()


def run(job: Job, tools: Tools) -> Job:
    """Set ``photo``, or ``error`` if the photo itself is at fault; the workflow then diverts."""
    recipe = tools.recipe
    try:
        data = tools.input.get(job.source.key, tools.max_bytes)
        photo = inspect(data, tools.max_pixels, recipe.boxes, animated=recipe.animated)
        return replace(job, photo=kept(photo, recipe.options))
    except PhotoError as error:
        return replace(job, error=Problem(type(error).__name__, str(error)))
