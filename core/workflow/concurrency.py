"""Run generators that yield a host's tasks concurrently, or with a deadline, in one execution."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from core.job import Batch
from core.workflow.host import Host, Timer


class DeadlinePassed(Exception):
    """The deadline has passed."""


def side_by_side[Result](
    branches: Sequence[Generator[Any, Any, Result]], host: Host
) -> Generator[Any, Any, list[Result]]:
    """Resume each branch as soon as the task it waits for is done; return their results in branch order.

    The first error of a branch is raised at once. What the other branches have started then runs to its end
    and its result is ignored, as in a Parallel state of Step Functions.
    """
    results: dict[int, Result] = {}
    waiting: dict[int, Any] = {}
    for index, branch in enumerate(branches):
        try:
            waiting[index] = next(branch)
        except StopIteration as done:
            results[index] = done.value
    while waiting:
        winner = yield host.first(list(waiting.values()))
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


def each_item(
    run: Callable[[int], Any], numbers: Sequence[int], batch: Batch, host: Host
) -> Generator[Any, Any, Batch]:
    """Run the items of these numbers, as many at once as the batch says; return it with the failures counted.

    Once more have failed than are tolerated, none is begun.
    """
    coming = iter(numbers)

    def in_turn() -> Generator[Any, Any]:
        nonlocal batch
        while not batch.stops and (number := next(coming, None)) is not None:
            try:
                yield run(number)
            except Exception:  # of any class: see core.workflow.calls
                batch = replace(batch, failed=batch.failed + 1)

    yield from side_by_side([in_turn() for _ in range(min(batch.concurrency, len(numbers)))], host)
    return batch


class Deadline:
    """The time limit of a flow, which can stop for a while."""

    def __init__(self, host: Host, seconds: int) -> None:
        self._host = host
        self._seconds = seconds
        self.timer: Timer | None = None
        self.start()

    def start(self) -> None:
        """Give the flow all its time from now on."""
        self.timer = self._host.wait_until(self._host.now() + timedelta(seconds=self._seconds))

    def stop(self) -> None:
        """Let the flow take any time until the next start."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


def before[Result](
    deadline: Deadline, flow: Generator[Any, Any, Result], host: Host
) -> Generator[Any, Any, Result]:
    """Run the flow to its end and stop the deadline: an orchestration ends only when its timers have.

    Raises:
        DeadlinePassed: The timer was done first. What the flow has started runs to its end and is ignored.
    """
    try:
        task = next(flow)
        while True:
            if deadline.timer and (yield host.first([task, deadline.timer])) is deadline.timer:
                deadline.timer = None
                raise DeadlinePassed
            try:
                result = yield task  # it is done: this resumes at once, with its result or its error
            except Exception as error:
                task = flow.throw(error)
            else:
                task = flow.send(result)
    except StopIteration as done:
        deadline.stop()
        finished: Result = done.value
        return finished
    except DeadlinePassed:
        raise
    except Exception:
        deadline.stop()
        raise
