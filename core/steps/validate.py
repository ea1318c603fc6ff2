"""Check that the upload is a photo that can be processed, and read its properties."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.job import Job
from core.photo.decode import examine
from core.recipe import kept
from core.review.flags import flags
from core.store.uploads import read_upload

if TYPE_CHECKING:
    from core.steps import Tools
    from core.workflow.model import Place

READS: frozenset[Place] = frozenset({"input"})
WRITES: frozenset[Place] = frozenset()
GATE = True


def run(job: Job, tools: Tools) -> Job:
    """Set ``photo``, and ``flags`` if a person may have to decide about it.

    Raises:
        PhotoError: The photo itself is at fault.
    """
    recipe = tools.recipe
    data = read_upload(job, tools)
    photo, traits = examine(data, tools.max_pixels, recipe.boxes, animated=recipe.animated, recipe=recipe)
    found = flags(tools.review, recipe.review, photo, traits)
    return replace(job, photo=kept(photo, recipe.options), flags=found)
