"""How many functions the steps become: the same pipeline, in the granularity that a deployment asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from core.errors import SettingsError
from core.steps.process import STANDS_FOR
from core.workflow.model import Parallel, State, Step, Task, Workflow
from core.workflow.photo import PIPELINE, step

STEPWISE = "stepwise"  # a function a step
FUSED = "fused"  # one function does all image work, on one decode
GRANULARITIES = (STEPWISE, FUSED)
WHOLE = "process"  # the step that does what those of STANDS_FOR do


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


def all_steps() -> tuple[Step, ...]:
    """Return the steps that need a function in any granularity, once each."""
    return tuple(dict.fromkeys(step for each in GRANULARITIES for step in pipeline_in(each).steps()))


def fused(workflow: Workflow) -> Workflow:
    """Return the workflow with :data:`WHOLE` in place of the steps that it stands for.

    Everything else stays: claim, choices, records, notifications, endings, and any step that
    ``core/steps/process.py`` does not name in ``STANDS_FOR``. It has a name of its own, so that what runs
    when a deployment changes its granularity can go on as it began.
    """
    return replace(workflow, name=f"{workflow.name}_{FUSED}", states=tuple(_fused(workflow.states)))


def _fused(states: tuple[State, ...]) -> Iterator[State]:
    yielded = False
    for state in states:
        left = _without_fused_steps(state)
        if left is not state and not yielded:
            yielded = True
            yield step(WHOLE)
        if left is not None:
            yield left


def _without_fused_steps(state: State) -> State | None:
    """Return what is left of the state: itself, a part of a Parallel, or nothing."""
    match state:
        case Task(action=Step(name)) if name in STANDS_FOR:
            return None
        case Parallel(branches=branches):
            kept = [tuple(task for task in branch if _without_fused_steps(task)) for branch in branches]
            left = tuple(branch for branch in kept if branch)
            if left == branches:
                return state
            return replace(state, branches=left) if left else None
        case _:
            return state
