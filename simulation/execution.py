"""One execution in simulated time, and what became of all of them."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Any

from simulation.program import Call, Program


class Execution:
    """One job, or a batch of them: where it is in its program, and its times in seconds.

    ``parent`` is the call of a batch that the execution of an item is, ``counted`` is false of the batch:
    figures tell of its items. ``pending`` are outcomes that a Durable orchestrator has not seen yet, ``busy``
    says that it runs. ``log`` holds the tasks, for a run folder.
    """

    __slots__ = (
        "accepted",
        "arrived",
        "busy",
        "calls",
        "counted",
        "ended",
        "first",
        "history",
        "last",
        "log",
        "node",
        "number",
        "parent",
        "partition",
        "path_s",
        "pending",
        "program",
        "retries",
        "size",
        "state",
        "uploaded",
    )

    def __init__(
        self, number: int, arrived: float, size: float, program: Program, *, counted: bool = True
    ) -> None:
        self.number = number
        self.program = program
        self.parent: Task | None = None
        self.counted = counted
        self.arrived = arrived  # its photo was asked for or, without a front door, sent
        self.uploaded = arrived
        self.calls = 0  # of the front door
        self.accepted = arrived  # when the workflow began
        self.size = size  # megapixels, or the number of a batch's items
        self.node = program.start
        self.first = -1.0  # the first task's start
        self.last = 0.0  # the last task's end
        self.ended = -1.0
        self.path_s = 0.0  # work on the critical path
        self.state: str | None = None
        self.retries = 0
        self.partition = 0
        self.pending: list[Any] = []
        self.busy = False
        self.history = 0
        self.log: list[TaskLog] | None = None


@dataclass(slots=True, eq=False)
class TaskLog:
    """One finished task: what a trace tells of it."""

    activity: str
    attempt: int
    began: float
    ended: float
    cold: bool
    instance: int
    payload: str = ""


class Task:
    """One call of an execution on its way."""

    __slots__ = (
        "call",
        "cause",
        "cold",
        "environment",
        "execution",
        "instance",
        "path_s",
        "started",
        "work",
    )

    def __init__(self, execution: Execution, call: Call, cause: float, path_s: float) -> None:
        self.execution = execution
        self.call = call
        self.cause = cause  # when the task before it ended; below 0 if there was none
        self.path_s = path_s
        self.started = 0.0
        self.environment = 0
        self.instance: Any = None
        self.cold = False
        self.work = 0.0


@dataclass(slots=True)
class Totals:
    """Sums and times over all executions, kept in arrays so that a million jobs fit into memory.

    ``end_to_end`` runs from the first task's start to the last task's end, ``hops`` from the end of a task to
    the start of the next, ``done`` are the moments at which executions ended, since the start.
    """

    arrived: array[float] = field(default_factory=lambda: array("d"))
    first: array[float] = field(default_factory=lambda: array("d"))
    last: array[float] = field(default_factory=lambda: array("d"))
    path: array[float] = field(default_factory=lambda: array("d"))
    hops: array[float] = field(default_factory=lambda: array("d"))
    states: dict[str, int] = field(default_factory=dict)
    tasks: int = 0
    cold: int = 0
    throttled: int = 0
    asked: array[float] = field(
        default_factory=lambda: array("d")
    )  # how long a front door took to let one in
    executions: int = 0  # of functions, as they are billed
    gb_seconds: float = 0.0
    transitions: int = 0
    actions: int = 0
    instances: int = 0  # most at once
    all_done: float = 0.0  # when the last job or the batch had ended

    def finish(self, task: Task, moment: float) -> float:
        """Count a task that ended; return the work on the critical path up to its end."""
        execution, started = task.execution, task.started
        if not execution.counted:
            return task.path_s
        self.tasks += 1
        self.cold += task.cold
        if task.cause >= 0:
            self.hops.append(started - task.cause)
        if execution.first < 0:
            execution.first = started
        execution.last = moment
        execution.path_s = path_s = task.path_s + moment - started
        if execution.log is not None:
            call = task.call
            execution.log.append(
                TaskLog(
                    call.activity, call.attempt, started, moment, task.cold, task.environment, call.payload
                )
            )
        return path_s

    def end(self, execution: Execution, moment: float, state: str) -> None:
        """Count an execution that ended."""
        execution.state, execution.ended = state, moment
        self.all_done = max(self.all_done, execution.last if execution.counted else moment)
        if not execution.counted:
            return
        self.arrived.append(execution.arrived)
        self.first.append(execution.first)
        self.last.append(execution.last)
        self.path.append(execution.path_s)
        self.states[state] = self.states.get(state, 0) + 1
