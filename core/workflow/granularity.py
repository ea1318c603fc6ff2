"""Build the workflow in the granularity of a deployment: one function for each step, or one for all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import chain, pairwise
from typing import assert_never

from core.errors import SettingsError
from core.steps.process import STANDS_FOR
from core.workflow.model import (
    Approval,
    Choice,
    Fail,
    Map,
    NameFilter,
    Parallel,
    State,
    Step,
    Succeed,
    Task,
    Workflow,
)
from core.workflow.photo import PIPELINE, pipeline, step

STEPWISE = "stepwise"  # one function per step
FUSED = "fused"  # one function does all image work, on one decode
GRANULARITIES = (STEPWISE, FUSED)
WHOLE = "process"  # the step that does what those of STANDS_FOR do

Unit = tuple[State, ...]  # a state and, if it is a gate, the choice behind it


@cache
def pipeline_in(granularity: str, review_seconds: int = 0) -> Workflow:
    """Return the pipeline, its steps as they are or fused into one.

    With ``review_seconds`` it waits for a person: see :func:`core.workflow.photo.pipeline`.

    Raises:
        SettingsError: The granularity does not exist, or the pipeline cannot be fused.
    """
    if granularity not in GRANULARITIES:
        raise SettingsError(
            f"The granularity is {granularity!r}; it must be one of {', '.join(GRANULARITIES)}."
        )
    # Both, regardless of the setting: a stack may change its granularity at any time.
    whole = pipeline(review_seconds) if review_seconds else PIPELINE
    return {STEPWISE: whole, FUSED: fused(whole)}[granularity]


def all_steps() -> tuple[Step, ...]:
    """Return the steps that need a function in any granularity, once each."""
    return tuple(dict.fromkeys(step for each in GRANULARITIES for step in pipeline_in(each).steps()))


def fused(workflow: Workflow) -> Workflow:
    """Return the workflow with :data:`WHOLE` in place of the steps that it replaces.

    It takes the place of the last of them. All other states keep their places: claim, records, notifications,
    endings, and steps that ``core/steps/process.py`` does not name in ``STANDS_FOR``. If such a step is
    before :data:`WHOLE`, the gates before it stay too, so that it sees only photos that passed them. The
    workflow has a different name, so that executions in progress when a deployment changes its granularity
    can continue.

    Raises:
        SettingsError: A step would run before a step that it follows, or would miss its renditions.
    """
    return replace(workflow, name=f"{workflow.name}_{FUSED}", states=tuple(_fused(workflow.states)))


def _fused(states: tuple[State, ...]) -> Iterator[State]:
    units = tuple(_units(states))
    replaced = [number for number, unit in enumerate(units) if any(map(_is_replaced, _tasks(unit)))]
    if not replaced:
        yield from states
        return
    for unit in units:
        _refuse_renditions(unit)
    last = replaced[-1]
    others = [number for number, unit in enumerate(units[: last + 1]) if _other(unit)]
    stays = max(others, default=-1)  # up to here, states can't wait for WHOLE
    for number, unit in enumerate(units):
        following = next((units[each] for each in others if each > number), None)
        if number > last:
            yield from unit
        elif number <= stays:
            yield from _kept(unit, following, units[last])
        if number == last:
            yield from step(WHOLE)


def _units(states: tuple[State, ...]) -> Iterator[Unit]:
    """Yield the states, each choice with the task that it stands directly behind."""
    unit: Unit = ()
    for state in states:
        if isinstance(state, Choice) and len(unit) == 1 and isinstance(unit[0], Task):
            unit = (*unit, state)
            continue
        if unit:
            yield unit
        unit = (state,)
    yield unit


def _tasks(unit: Unit) -> tuple[Task, ...]:
    match unit[0]:
        case Task() as task:
            return (task,)
        case Parallel(branches=branches):
            return tuple(chain(*branches))
        case NameFilter() | Choice() | Approval() | Map() | Succeed() | Fail():
            return ()
        case _:
            assert_never(unit[0])


def _is_replaced(task: Task) -> bool:
    return isinstance(task.action, Step) and task.action.name in STANDS_FOR


def _other(unit: Unit) -> str:
    """Return the name of what WHOLE does not stand for in the unit, or nothing."""
    tasks = _tasks(unit)
    names = (task.name for task in tasks if not _is_replaced(task))
    return next(names, "") if tasks else unit[0].name


def _kept(unit: Unit, following: Unit | None, last: Unit) -> Iterator[State]:
    """Yield what stays of the unit where it is, with ``following`` as the next that has to stay too."""
    tasks, state = _tasks(unit), unit[0]
    if not any(map(_is_replaced, tasks)) or (isinstance(state, Task) and len(unit) > 1):
        yield from unit
        return
    if following:
        first, final = state.name, last[0].name
        raise SettingsError(
            f"The step {_other(following)!r} stands between {first!r} and {final!r}, which are one function "
            f"in the fused granularity. Put it in front of {first!r} or behind {final!r}."
        )
    if isinstance(state, Parallel):
        branches = tuple(_without_replaced(branch, state, last) for branch in state.branches)
        yield replace(state, branches=tuple(branch for branch in branches if branch))


def _without_replaced(branch: tuple[Task, ...], parallel: Parallel, last: Unit) -> tuple[Task, ...]:
    for task, behind in pairwise(branch):
        if _is_replaced(task) and not _is_replaced(behind):
            raise SettingsError(
                f"The step {behind.name!r} stands behind {task.name!r} in a branch of {parallel.name!r}, but "
                f"{task.name!r} and {last[0].name!r} are one function in the fused granularity. Put it first "
                f"in a branch of its own, in front of {parallel.name!r} or behind {last[0].name!r}."
            )
    return tuple(task for task in branch if not _is_replaced(task))


def _refuse_renditions(unit: Unit) -> None:
    for task in _tasks(unit):
        places = task.action.reads | task.action.writes if isinstance(task.action, Step) else ()
        if "work" in places and not _is_replaced(task):
            raise SettingsError(
                f"The step {task.name!r} uses pictures under work/, and the fused granularity has none. "
                f"Let READS and WRITES in core/steps/{task.name}.py name only input and output."
            )
