"""How many functions the steps become: the same pipeline, in the granularity that a deployment asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from core.errors import SettingsError
from core.workflow.model import Parallel, State, Step, Task, Workflow
from core.workflow.pipeline import PIPELINE, step

STEPWISE = "stepwise"  # a function a step
FUSED = "fused"  # one function does all image work, on one decode
GRANULARITIES = (STEPWISE, FUSED)
WHOLE = "process"  # the step that does what all others do


@cache
def pipeline_in(granularity: str) -> Workflow:
    """Return the pipeline, its steps as they are or fused into one.

    Raises:
        SettingsError: There is no such granularity.
    """
    if granularity not in GRANULARITIES:
        raise SettingsError(
            f"The granularity is {granularity!r}; it must be one of {', '.join(GRANULARITIES)}."
        )
    return fused(PIPELINE) if granularity == FUSED else PIPELINE


def fused(workflow: Workflow) -> Workflow:
    """Return the workflow with :data:`WHOLE` in place of its first step, and without the others.

    What stands between and after them stays: claim, choices, records, notifications, endings. It has a name
    of its own, so that what runs when a deployment changes its granularity can go on as it began.
    """
    return replace(workflow, name=f"{workflow.name}_{FUSED}", states=tuple(_fused(workflow.states)))


def _fused(states: tuple[State, ...]) -> Iterator[State]:
    whole: Task | None = None
    for state in states:
        if not _works(state):
            yield state
        elif whole is None:
            whole = step(WHOLE)
            yield whole


def _works(state: State) -> bool:
    return isinstance(state, Parallel) or (isinstance(state, Task) and isinstance(state.action, Step))
