"""The tasks of the durable host: what the interpreter waits for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.workflow.activities import Answer, Payload


@dataclass(eq=False)
class Call:
    """The task of running an activity."""

    activity: str
    payload: Payload
    done_at: datetime | None = None
    answer: Answer | None = None
    error: str = ""


@dataclass(eq=False)
class Wait:
    """The task of waiting until a moment."""

    done_at: datetime

    def cancel(self) -> None:
        """Have nothing to stop: it begins when it is waited for."""


@dataclass(eq=False)
class Event:
    """The task of waiting for an event from outside."""

    name: str
    done_at: datetime | None = None


@dataclass(eq=False)
class First:
    """The task of waiting for the first of several."""

    tasks: Sequence[Task]


type Task = Call | Wait | Event | First


def leaves(task: Task) -> Iterator[Call | Wait | Event]:
    """Yield what a task waits for in the end."""
    if isinstance(task, First):
        for each in task.tasks:
            yield from leaves(each)
    else:
        yield task


def _done_at(task: Task) -> datetime:
    return min(each.done_at for each in leaves(task) if each.done_at is not None)


def result(task: Task) -> Any:
    """Return the result of a task that is done: of several, the one that was done first."""
    match task:
        case First(tasks=tasks):
            return min((each for each in tasks if any(leaf.done_at for leaf in leaves(each))), key=_done_at)
        case Call(answer=answer):
            return answer
        case _:
            return None
