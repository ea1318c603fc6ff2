"""The model of a workflow: frozen values that each cloud compiles or interprets.

A workflow is a sequence of states, run from top to bottom, and named endings that a :class:`Choice` or a
:class:`Catch` can divert to. The states pass on one job document.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from core.errors import SettingsError

Place = Literal["input", "work", "output"]
FinalState = Literal["succeeded", "rejected", "failed", "refused", "expired"]
Topic = Literal["success", "error"]
Jitter = Literal["full", "none"]

DUPLICATE = "duplicate"  # the state of a job that another execution has claimed or ended

# Errors of the platform, for retry tables; each cloud has different names for them.
TRANSIENT = "Platform.Transient"  # a worker was lost, or a service failed transiently
THROTTLED = "Platform.Throttled"  # a service was called too often


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


Action = Step | Claim | Record | Notify | Defer


@dataclass(frozen=True)
class Retry:
    """One retry table, with the names and semantics of Amazon States Language.

    A task uses the first of its tables that lists the error, and each table counts its own retries. The
    first comes ``interval`` seconds after the error, each later one after ``backoff_rate`` times as long, at
    most ``max_interval`` seconds. Jitter ``full`` draws the wait evenly between none and that long.

    Raises:
        SettingsError: A number is outside the range that Step Functions accepts.
    """

    errors: tuple[str, ...]
    max_attempts: int = 2
    interval: int = 3
    backoff_rate: float = 1.5
    max_interval: int | None = None
    jitter: Jitter = "full"

    def __post_init__(self) -> None:
        """Reject values that Step Functions would reject."""
        longest = self.interval + 1 if self.max_interval is None else self.max_interval
        limits = {
            "max_attempts": (self.max_attempts >= 0, "0 or more"),
            "interval": (self.interval >= 1, "1 second or more"),
            "backoff_rate": (self.backoff_rate >= 1, "1 or more"),
            "max_interval": (longest > self.interval, "more than its interval"),
        }
        for name, (holds, range_) in limits.items():
            if not holds:
                raise SettingsError(f"A retry's {name} is {getattr(self, name)}; it must be {range_}.")

    def wait(self, retries: int) -> float:
        """Return the seconds until the next retry, before jitter, after ``retries`` by this table."""
        seconds = self.interval * self.backoff_rate**retries
        return seconds if self.max_interval is None else min(seconds, self.max_interval)


def table_for(error: str, tables: tuple[Retry, ...]) -> Retry | None:
    """Return the retry table for this error: the first that lists it."""
    return next((each for each in tables if error in each.errors), None)


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
class Succeed:
    """End successfully; the job is the result."""

    name: str


@dataclass(frozen=True)
class Fail:
    """End with a failure, so that the platform counts the execution as failed."""

    name: str
    error: str
    cause: str


State = Task | NameFilter | Choice | Parallel | Approval | Succeed | Fail


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

    def approval(self) -> Approval | None:
        """Return the state that waits for a person, or ``None`` if there is none."""
        return next((state for state in self.states if isinstance(state, Approval)), None)
