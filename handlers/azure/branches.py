"""Run orchestration generators beside each other, or beside a clock, in one orchestration."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from handlers.azure.context import Timer


def side_by_side[Result](
    branches: list[Generator[Any, Any, Result]], task_any: Callable[[list[Any]], Any]
) -> Generator[Any, Any, list[Result]]:
    """Resume each branch as soon as the task it waits for is done; return their results in branch order.

    The first error of a branch is raised at once, and what the other branches still have under way runs to
    its end unheard: the same as a Parallel state on AWS.
    """
    results: dict[int, Result] = {}
    waiting: dict[int, Any] = {}
    for index, branch in enumerate(branches):
        try:
            waiting[index] = next(branch)
        except StopIteration as done:
            results[index] = done.value
    while waiting:
        winner = yield task_any(list(waiting.values()))
        index = next(index for index, task in waiting.items() if task is winner)
        branch = branches[index]
        try:
            try:
                result = yield winner  # it is done: this resumes at once, with its result or its error
            except Exception as error:
                waiting[index] = branch.throw(error)
            else:
                waiting[index] = branch.send(result)
        except StopIteration as done:
            results[index] = done.value
            del waiting[index]
    return [results[index] for index in range(len(branches))]


class DeadlinePassed(Exception):
    """Time ran out."""


def before[Result](
    deadline: Timer, flow: Generator[Any, Any, Result], task_any: Callable[[list[Any]], Any]
) -> Generator[Any, Any, Result]:
    """Run the flow to its end and cancel the timer: an orchestration ends only when its timers have.

    Raises:
        DeadlinePassed: The timer was done first; what the flow has under way runs to its end unheard.
    """
    try:
        task = next(flow)
        while True:
            if (yield task_any([task, deadline])) is deadline:
                raise DeadlinePassed
            try:
                result = yield task  # it is done: this resumes at once, with its result or its error
            except Exception as error:
                task = flow.throw(error)
            else:
                task = flow.send(result)
    except StopIteration as done:
        deadline.cancel()
        finished: Result = done.value
        return finished
    except DeadlinePassed:
        raise
    except Exception:
        deadline.cancel()
        raise
