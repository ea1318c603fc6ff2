"""Write every rendition in the recipe's output formats."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.job import Artifact, Job
from core.photo import formats
from core.renditions import read
from core.workflow.model import Place

if TYPE_CHECKING:
    from core.steps import Tools

READS: frozenset[Place] = frozenset({"work"})
WRITES: frozenset[Place] = frozenset({"output"})


def run(job: Job, tools: Tools) -> Job:
    """Add an artifact for each rendition and format; running again writes the same bytes over the old."""
    made = []
    for rendition in job.renditions:
        picture = read(tools.output, rendition)
        for output in tools.recipe.outputs:
            kind = formats.load(output.format)
            data = kind.encode(picture, output.quality)
            name = f"{rendition.name}.{kind.EXTENSION}"
            key = job.output_prefix + name
            tools.output.put(key, data, kind.CONTENT_TYPE)
            made.append(Artifact(name, key, kind.CONTENT_TYPE, picture.width, picture.height, len(data)))
    return replace(job, artifacts=tuple(made))
