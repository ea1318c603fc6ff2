"""The model of a workflow: frozen values that each cloud compiles or interprets.

A workflow is a sequence of states, run from top to bottom, and named endings that a :class:`Choice` or a
:class:`Catch` can divert to. The states pass on one job document.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from core.workflow.retries import Retry

Place = Literal["input", "work", "output"]
FinalState = Literal["succeeded", "rejected", "failed", "refused", "expired"]
Topic = Literal["success", "error"]

DUPLICATE = "duplicate"  # the state of a job that another execution has claimed or ended

# The error of a Map of which more items failed than are tolerated, as Amazon States Language names it.
TOO_MANY_FAILED = "States.ExceedToleratedFailureThreshold"


@dataclass(frozen=True)
class Step:
    """Run one step of ``core.steps`` as a function that may read and write only these places."""

    name: str
    reads: frozenset[Place]
    writes: frozenset[Place]


@dataclass(frozen=True)
class Claim:
    """Insert the job in the ledger; divert to ``duplicate`` if another execution has claimed it."""

    duplicate: str


@dataclass(frozen=True)
class Record:
    """Set the job's state and write it to its ledger row.

    If another execution holds the row, or the job ended otherwise, write nothing and divert to ``duplicate``.
    """

    state: FinalState
    duplicate: str


@dataclass(frozen=True)
class Notify:
    """Publish the job's notification to ``topic``."""

    topic: Topic


@dataclass(frozen=True)
class Defer:
    """Mark the ledger row of a job that has ended as unsent: the reconciler sends its notification.

    If the row has moved on since the job was recorded, write nothing and divert to ``duplicate``.
    """

    duplicate: str


@dataclass(frozen=True)
class Summarize:
    """Write what became of each item of the job's batch, as an artifact: see :mod:`core.batch.summary`."""


Action = Step | Claim | Record | Notify | Defer | Summarize


@dataclass(frozen=True)
class Catch:
    """Divert to the ending ``then`` on these errors; ``None`` stands for every error."""

    errors: tuple[str, ...] | None
    then: str


@dataclass(frozen=True)
class Task:
    """Perform one action, with retries and catches."""

    name: str
    action: Action
    retry: tuple[Retry, ...] = ()
    catch: tuple[Catch, ...] = ()


@dataclass(frozen=True)
class Choice:
    """Continue if the job has nothing at ``absent``; otherwise divert to the ending ``otherwise``."""

    name: str
    absent: str
    otherwise: str


@dataclass(frozen=True)
class NameFilter:
    """Continue if the upload's key ends in one of ``suffixes``, in any case; otherwise divert.

    It comes before the claim, so that ignored uploads have no row in the ledger.
    """

    name: str
    suffixes: tuple[str, ...]
    otherwise: str


@dataclass(frozen=True)
class Parallel:
    """Run the branches in parallel on the same job; its result is the list of their jobs."""

    name: str
    branches: tuple[tuple[Task, ...], ...]
    catch: tuple[Catch, ...] = ()


@dataclass(frozen=True)
class Approval:
    """If the job has flags, ask a person, wait for the decision, and divert unless it is "approved".

    It waits at most ``timeout_seconds``, which do not count towards the workflow's own. If another execution
    holds the row, it diverts to ``duplicate``. The decision is what the ledger has: see
    :mod:`core.review.decisions`.
    """

    name: str
    timeout_seconds: int
    refused: str
    expired: str
    duplicate: str
    retry: tuple[Retry, ...] = ()
    catch: tuple[Catch, ...] = ()


@dataclass(frozen=True)
class Map:
    """Run ``workflow`` as an execution of its own for every item of the job's batch.

    The job's :class:`~core.job.Batch` says how many run at once, and of which share the failure is tolerated.
    If more fail, no further items are begun, and the state fails with :data:`TOO_MANY_FAILED`. Its result is
    the job that entered it: what became of the items is in the ledger. ``retry`` is for reading the items.
    """

    name: str
    workflow: Workflow
    retry: tuple[Retry, ...] = ()
    catch: tuple[Catch, ...] = ()


@dataclass(frozen=True)
class Succeed:
    """End successfully; the job is the result."""

    name: str


@dataclass(frozen=True)
class Fail:
    """End with a failure, so that the platform counts the execution as failed."""

    name: str
    error: str
    cause: str


State = Task | NameFilter | Choice | Parallel | Approval | Map | Succeed | Fail


@dataclass(frozen=True)
class Workflow:
    """A whole workflow; ``timeout_seconds`` bounds one execution, while it does not wait for a person.

    An execution that takes longer goes to the ending ``late`` if the platform supports that. Step Functions
    does not: it ends the execution, and an EventBridge rule sends the notification.
    """

    name: str
    states: tuple[State, ...]
    endings: dict[str, tuple[State, ...]] = field(default_factory=dict)
    timeout_seconds: int = 900
    late: str | None = None

    def __hash__(self) -> int:
        return hash(
            self.name
        )  # hashing all states would cost more than the values that are cached by workflow

    def all_states(self) -> Iterator[State]:
        """Yield every state: the main sequence, then the endings; branches and the items' states included."""
        for sequence in (self.states, *self.endings.values()):
            for state in sequence:
                yield state
                if isinstance(state, Parallel):
                    for branch in state.branches:
                        yield from branch
                elif isinstance(state, Map):
                    yield from state.workflow.all_states()

    def steps(self) -> tuple[Step, ...]:
        """Return the steps that need a function, in order of appearance, once each."""
        actions = (state.action for state in self.all_states() if isinstance(state, Task))
        return tuple(dict.fromkeys(action for action in actions if isinstance(action, Step)))

    def approval(self) -> Approval | None:
        """Return the state that waits for a person, or ``None`` if there is none."""
        return next((state for state in self.states if isinstance(state, Approval)), None)
