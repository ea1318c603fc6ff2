"""A host of the interpreter in virtual time: a workflow runs to its end without real waiting."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from core.workflow.activities import Activity, Answer, Payload
from core.workflow.calls import Fault
from core.workflow.interpreter import interpret
from core.workflow.model import Workflow

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(eq=False)
class VirtualTask:
    """A task that is done at a point in virtual time, with a result or an error."""

    due: datetime
    result: Any = None
    error: Exception | None = None
    cancelled: bool = False

    def cancel(self) -> None:
        """See :meth:`core.workflow.host.Timer.cancel`."""
        self.cancelled = True


def no_time(activity: str, payload: Payload) -> timedelta:
    """Return 0: every activity takes no time."""
    return timedelta(0)


def never(event: str) -> timedelta | None:
    """Return ``None``: no event comes."""
    return None


@dataclass
class MemoryHost:
    """One execution, see :class:`core.workflow.host.Host`.

    An activity runs when it is called, and its result arrives after ``lasts(name, payload)``, or never for
    ``None``. An exception that it raises stands for a lost worker. ``arrives(name)`` tells how long after it
    is waited for an event comes, or ``None`` for never. ``tasks`` contains all started tasks.
    """

    document: Mapping[str, Any]
    activities: Mapping[str, Activity]
    lasts: Callable[[str, Payload], timedelta | None] = no_time
    execution: str = "memory"
    arrives: Callable[[str], timedelta | None] = never
    clock: datetime = BEGINNING
    seed: int = 0
    tasks: list[VirtualTask] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Draw numbers from the seed."""
        self._random = random.Random(self.seed)  # noqa: S311 - to be repeated, not to be secret

    def run(self, workflow: Workflow) -> Answer:
        """Run the workflow to its end and return the finished job document.

        Raises:
            core.workflow.calls.Fault: The workflow failed.
        """
        while True:
            self._restarts = False
            finished = self._play(workflow)
            if not self._restarts:
                return finished

    def _play(self, workflow: Workflow) -> Answer:
        flow = interpret(workflow, self)
        try:
            task = next(flow)
            while True:
                self.clock = max(self.clock, task.due)
                task = flow.throw(task.error) if task.error else flow.send(task.result)
        except StopIteration as done:
            finished: Answer = done.value
            return finished

    def input(self) -> Mapping[str, Any]:
        """Return the job document that the execution was started with."""
        return self.document

    def now(self) -> datetime:
        """Return the virtual time."""
        return self.clock

    def random(self) -> float:
        """Return the next number that follows from the seed."""
        return self._random.random()

    def call(self, activity: str, payload: Payload) -> VirtualTask:
        """Run the activity and return the task of waiting for its answer."""
        lasts = self.lasts(activity, payload)
        task = self._start(NEVER if lasts is None else self.clock + lasts)
        try:
            task.result = self.activities[activity](payload)
        except Exception as error:
            task.error = error
        return task

    def done(self, step: str) -> None:
        """Note nothing: nobody looks at an execution in memory."""

    def wait_until(self, moment: datetime) -> VirtualTask:
        """Return the task of waiting until a moment."""
        return self._start(moment)

    def event(self, name: str) -> VirtualTask:
        """Return the task of waiting for an event."""
        after = self.arrives(name)
        return self._start(NEVER if after is None else self.clock + after)

    def child(self, workflow: Workflow, document: Mapping[str, Any], number: int) -> VirtualTask:
        """Run the workflow to its end and return the task of waiting for it."""
        child = replace(self, document=document, execution=f"{self.execution}/{number}", tasks=[])
        try:
            result, error = child.run(workflow), None
        except Fault as fault:
            result, error = None, fault
        task = self._start(child.clock)
        task.result, task.error = result, error
        return task

    def restart(self, document: Mapping[str, Any]) -> None:
        """Begin again with this document."""
        self.document = document
        self._restarts = True

    def first(self, tasks: Sequence[VirtualTask]) -> VirtualTask:
        """Return the task of waiting for the first of several; of two at once, the one named first."""
        winner = min(tasks, key=lambda task: task.due)
        return VirtualTask(winner.due, winner)

    def _start(self, due: datetime) -> VirtualTask:
        self.tasks.append(VirtualTask(due))
        return self.tasks[-1]
