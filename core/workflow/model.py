"""The vocabulary of a workflow: frozen values that each cloud compiles or interprets.

A workflow is a sequence of states, run from top to bottom, and named endings that a :class:`Choice` or a
:class:`Catch` can divert to. What flows from state to state is one job document.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Place = Literal["input", "work", "output"]
FinalState = Literal["succeeded", "rejected", "failed"]
Topic = Literal["success", "error"]


@dataclass(frozen=True)
class Step:
    """Run one step of ``core.steps`` as a function that may read and write only these places."""

    name: str
    reads: frozenset[Place]
    writes: frozenset[Place]


@dataclass(frozen=True)
class Claim:
    """Enter the job in the ledger, unless another execution did; then divert to ``duplicate``."""

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
    """Tell ``topic`` how the job ended."""

    topic: Topic


Action = Step | Claim | Record | Notify


@dataclass(frozen=True)
class Retry:
    """Try again on these errors, ``more_tries`` times: after ``first_seconds``, then ``factor`` times it."""

    errors: tuple[str, ...]
    first_seconds: float = 3
    more_tries: int = 2
    factor: float = 1.5


@dataclass(frozen=True)
class Catch:
    """Divert to the ending ``then`` on these errors; ``None`` stands for every error."""

    errors: tuple[str, ...] | None
    then: str


@dataclass(frozen=True)
class Task:
    """Do one action, with retries and diversions."""

    name: str
    action: Action
    retry: Retry | None = None
    catch: tuple[Catch, ...] = ()


@dataclass(frozen=True)
class Choice:
    """Go on if the job has nothing at ``absent``; else divert to the ending ``otherwise``."""

    name: str
    absent: str
    otherwise: str


@dataclass(frozen=True)
class Parallel:
    """Run the branches side by side on the same job; its result is the list of their jobs."""

    name: str
    branches: tuple[tuple[Task, ...], ...]
    catch: tuple[Catch, ...] = ()


@dataclass(frozen=True)
class Succeed:
    """End well; the job is the result."""

    name: str


@dataclass(frozen=True)
class Fail:
    """End badly, so that the platform counts the execution as failed."""

    name: str
    error: str
    cause: str


State = Task | Choice | Parallel | Succeed | Fail


@dataclass(frozen=True)
class Workflow:
    """A whole workflow; ``timeout_seconds`` bounds one execution.

    An execution that takes longer goes to the ending ``late`` where the platform can still act. Step
    Functions can't: it ends the execution, and a rule outside tells of it.
    """

    name: str
    states: tuple[State, ...]
    endings: dict[str, tuple[State, ...]] = field(default_factory=dict)
    timeout_seconds: int = 900
    late: str | None = None

    def __hash__(self) -> int:
        return hash(self.name)  # a whole walk would cost more than what is worked out once for a workflow

    def all_states(self) -> Iterator[State]:
        """Yield every state: the main sequence, then the endings, parallel branches included."""
        for sequence in (self.states, *self.endings.values()):
            for state in sequence:
                yield state
                if isinstance(state, Parallel):
                    for branch in state.branches:
                        yield from branch

    def steps(self) -> tuple[Step, ...]:
        """Return the steps that need a function, in order of appearance, once each."""
        actions = (state.action for state in self.all_states() if isinstance(state, Task))
        return tuple(dict.fromkeys(action for action in actions if isinstance(action, Step)))
