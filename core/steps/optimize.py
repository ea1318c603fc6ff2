"""Write every rendition in the recipe's output formats."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.job import Job
from core.photo import budget, memory
from core.store import artifacts
from core.store.renditions import read

if TYPE_CHECKING:
    from core.steps import Tools
    from core.workflow.model import Place

READS: frozenset[Place] = frozenset({"work"})
WRITES: frozenset[Place] = frozenset({"output"})


def run(job: Job, tools: Tools) -> Job:
    """Add an artifact for each rendition and format; a repeated run writes the same bytes again."""
    rewriting = (
        budget.rewriting((each.width, each.height), each.frames, tools.recipe) for each in job.renditions
    )
    memory.take(-(-max(rewriting, default=0) // 2**20))
    pictures = ((each.name, read(tools.output, each)) for each in job.renditions)
    return replace(job, artifacts=artifacts.write_all(job, tools.output, tools.recipe, pictures))
