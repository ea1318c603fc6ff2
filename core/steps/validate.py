"""Check that the upload is a photo that can be processed, and read its properties."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.job import Job
from core.photo.decode import inspect
from core.recipe import kept
from core.uploads import read_upload

if TYPE_CHECKING:
    from core.steps import Tools
    from core.workflow.model import Place

READS: frozenset[Place] = frozenset({"input"})
WRITES: frozenset[Place] = frozenset()
GATE = True


def run(job: Job, tools: Tools) -> Job:
    """Set ``photo``.

    Raises:
        PhotoError: The photo itself is at fault.
    """
    recipe = tools.recipe
    data = read_upload(job, tools)
    photo = inspect(data, tools.max_pixels, recipe.boxes, animated=recipe.animated, recipe=recipe)
    return replace(job, photo=kept(photo, recipe.options))
