"""Run several orchestration generators side by side in one orchestration."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any


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
