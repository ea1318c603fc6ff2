"""Derive the states of the workflow that a job went through."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import assert_never

from core.workflow.model import (
    Approval,
    Choice,
    Claim,
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


@dataclass(frozen=True)
class Path:
    """The states of the workflow that a job entered, parallel branches included."""

    states: tuple[State, ...]
    tasks: tuple[Task, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps among them."""
        return tuple(task.action for task in self.tasks if isinstance(task.action, Step))

    @property
    def input_reads(self) -> int:
        """The number of steps that read the uploaded photo."""
        return sum("input" in step.reads for step in self.steps)


@cache
def path(workflow: Workflow, outcome: str, ran: frozenset[str], gate: str = "") -> Path:
    """Return the path of a job that finished the steps ``ran``; see :func:`visited`."""
    states = visited(workflow, outcome, ran, gate)
    return Path(states, tasks(states))


def visited(workflow: Workflow, outcome: str, ran: Collection[str], gate: str = "") -> tuple[State, ...]:
    """Return the states a job entered, parallel branches included, in the order of the definition.

    ``outcome`` is the job's final state, ``ran`` the steps that finished, and ``gate`` the one of them that
    rejected the photo. A job that did not succeed left the main sequence at the first state whose step did
    not finish, or at the choice behind the gate.
    """
    entered: list[State] = []
    before: State | None = None
    for state in workflow.states:
        entered.append(state)
        if isinstance(state, Parallel):
            entered.extend(task for branch in state.branches for task in branch)
        rejected = isinstance(before, Task) and before.name == gate
        if outcome in workflow.endings and _left(state, outcome, ran, rejected=rejected):
            return (*entered, *workflow.endings[outcome])
        before = state
    return tuple(entered)


def tasks(states: Collection[State]) -> tuple[Task, ...]:
    """Return the tasks among the states."""
    return tuple(state for state in states if isinstance(state, Task))


def branches(state: State) -> list[list[str]]:
    """Return the steps of a state by branch: steps of a branch run in sequence, branches in parallel."""
    found = state.branches if isinstance(state, Parallel) else ((state,),)
    return [[each.name for each in tasks(branch) if isinstance(each.action, Step)] for branch in found]


def _left(state: State, outcome: str, ran: Collection[str], *, rejected: bool) -> bool:
    """Return whether the job left the sequence at this state; ``rejected`` by the step in front of it."""
    match state:
        case Task(action=Claim(duplicate=ending)):
            return ending == outcome
        case Choice(otherwise=ending):
            return ending == outcome and rejected
        case Approval(refused=refused, expired=expired):
            return outcome in (refused, expired)
        case Task() | Parallel():
            return any(name not in ran for name in _steps((state,)))
        case NameFilter() | Map() | Succeed() | Fail():
            return False
        case _:
            assert_never(state)


def _steps(states: tuple[State, ...]) -> Iterator[str]:
    for state in states:
        match state:
            case Task(action=Step(name=name)):
                yield name
            case Parallel(branches=branches):
                yield from (name for branch in branches for name in _steps(branch))
            case Task() | NameFilter() | Choice() | Approval() | Map() | Succeed() | Fail():
                pass
            case _:
                assert_never(state)
