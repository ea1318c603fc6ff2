"""A burst of uploads on compiled state machines, in simulated time, with limits on concurrent calls.

It reads the definitions as Step Functions does: which Retry entry an error belongs to and how long it waits,
which Catch it goes to, when an execution is over its time. A call of a function that finds no free place is
throttled at once, as Lambda does it. Nothing else fails.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

THROTTLED = "Lambda.TooManyRequestsException"
SERVICE_SECONDS = 0.05  # a direct call of another service
INVOKE, START = "arn:aws:states:::lambda:invoke", "arn:aws:states:::states:startExecution"

Definition = Mapping[str, Any]
Process = Generator[Any, Any, Any]


class Failed(Exception):
    """A state failed with the error of this name."""


@dataclass
class Burst:
    """Executions of ``machines``, by name, that share ``limit`` concurrent calls.

    ``seconds`` is how long each function works, by the name in its placeholder.
    """

    machines: Mapping[str, Definition]
    seconds: Mapping[str, float]
    limit: int
    seed: int = 7
    now: float = 0.0
    busy: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._number = 0

    def run(self, machine: str, uploads: int) -> Burst:
        """Start an execution for each upload at once, and return when all have ended."""
        for _ in range(uploads):
            self._start(machine)
        while self._queue:
            self.now, _, act = heapq.heappop(self._queue)
            act()
        return self

    def _start(self, machine: str) -> None:
        definition = self.machines[machine]
        self.counts[f"started {machine}"] += 1
        deadline = self.now + definition["TimeoutSeconds"]

        def ended(outcome: Any) -> None:
            self.ends[f"failed: {outcome}" if isinstance(outcome, Failed) else str(outcome)] += 1

        self._resume(self._sequence(definition, definition["StartAt"]), deadline, ended, None)

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._queue, (self.now + seconds, self._number, act))

    def _resume(
        self, process: Process, deadline: float, ended: Callable[[Any], None], value: Any, error: Any = None
    ) -> None:
        """Run the process until it waits for time, or for the ends of other processes."""
        try:
            waits = process.throw(error) if error else process.send(value)
        except StopIteration as done:
            ended(done.value)
            return
        except Failed as failed:
            ended(failed)
            return
        if isinstance(waits, list):
            self._join(waits, process, deadline, ended)
        elif self.now + waits > deadline:
            self._later(deadline - self.now, lambda: (process.close(), ended("timed out")))
        else:
            self._later(waits, lambda: self._resume(process, deadline, ended, None))

    def _join(
        self, branches: list[Process], process: Process, deadline: float, ended: Callable[[Any], None]
    ) -> None:
        """Continue when all branches have ended, or with the error of the first that fails."""
        left, over = len(branches), False

        def branch_ended(outcome: Any) -> None:
            nonlocal left, over
            left -= 1
            if over:
                return
            if outcome == "timed out":
                over = True
                process.close()
                ended(outcome)
            elif isinstance(outcome, Failed):
                over = True
                self._resume(process, deadline, ended, None, outcome)
            elif not left:
                over = True
                self._resume(process, deadline, ended, None)

        for branch in branches:
            self._resume(branch, deadline, branch_ended, None)

    def _sequence(self, part: Definition, name: str) -> Process:
        """Go from state to state; return the name of the last."""
        while True:
            state = part["States"][name]
            self.counts["transitions"] += 1
            try:
                match state["Type"]:
                    case "Task":
                        yield from self._task(state)
                    case "Parallel":
                        yield [self._sequence(each, each["StartAt"]) for each in state["Branches"]]
                    case "Fail":
                        raise Failed(state["Error"])
            except Failed as failed:
                following = self._caught(state, str(failed))
                if following is None:
                    raise
            else:
                following = self._next(state)
            if following is None:
                return name
            name = following

    def _next(self, state: Definition) -> str | None:
        if state["Type"] != "Choice":
            return state.get("Next")
        # Every upload is named like a photo, and no job has an error.
        (choice,) = state["Choices"]
        return choice["Next"] if "$lowercase" in choice["Condition"] else state["Default"]

    def _caught(self, state: Definition, error: str) -> str | None:
        for catch in state.get("Catch", ()):
            if error in catch["ErrorEquals"] or "States.ALL" in catch["ErrorEquals"]:
                self.counts[f"caught: {error}"] += 1
                return str(catch["Next"])
        return None

    def _task(self, state: Definition) -> Process:
        retries: Counter[int] = Counter()
        while True:
            try:
                yield from self._call(state)
                return
            except Failed as failed:
                wait = self._wait(state.get("Retry", ()), str(failed), retries)
                if wait is None:
                    raise
            self.counts["retries"] += 1
            yield wait

    def _wait(self, tables: Any, error: str, retries: Counter[int]) -> float | None:
        for number, table in enumerate(tables):
            if error in table["ErrorEquals"] or "States.ALL" in table["ErrorEquals"]:
                if retries[number] == table["MaxAttempts"]:
                    return None
                wait = table["IntervalSeconds"] * table["BackoffRate"] ** min(retries[number], 99)
                retries[number] += 1
                wait = min(wait, table.get("MaxDelaySeconds", wait))
                return wait * self._random.random() if table.get("JitterStrategy") == "FULL" else wait
        return None

    def _call(self, state: Definition) -> Process:
        arguments = state["Arguments"]
        if state["Resource"] == START:
            self._start(arguments["StateMachineArn"])
        if state["Resource"] != INVOKE:
            yield SERVICE_SECONDS
            return
        if self.busy == self.limit:
            raise Failed(THROTTLED)
        self.busy += 1
        self.counts["calls"] += 1
        try:
            yield self.seconds[arguments["FunctionName"]]
        finally:
            self.busy -= 1
