"""Programs: what an execution does next, as nodes that are built once and shared by all executions.

An execution is always at one node. Entering it starts the node's calls and timers; the outcome of each leads
to another node. So an orchestrator in simulated time looks up what a real one would work out again for every
job.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

OK = "ok"  # outcomes, beside the names of errors
REJECTED = "rejected"  # a gate said no
DUPLICATE = "duplicate"  # the ledger refused
DUE = "due"  # of a timer
ITEM = "item"  # the activity of a batch that an execution of its own runs: one item


@dataclass(frozen=True, slots=True)
class Call:
    """Run an activity; ``slot`` tells its outcome from others of the execution. ``function`` runs it.

    An activity without a function is a call of a service by the platform itself, where that can do it.
    """

    slot: int
    activity: str
    function: str | None
    attempt: int = 1
    payload: str = ""  # the final state to record


@dataclass(frozen=True, slots=True)
class Timer:
    """Wait for ``seconds``, or for a random share of them with ``jitter``."""

    slot: int
    seconds: float
    jitter: bool = False


@dataclass(slots=True, eq=False)
class Node:
    """A point in a program: what starts on entering it, and whether the execution ends.

    ``entered`` counts the states that were entered on the way from the node before. ``state`` is the final
    state, of an execution that ended here; ``failed`` says that the platform counts it as failed.
    """

    calls: tuple[Call, ...] = ()
    timers: tuple[Timer, ...] = ()
    entered: int = 0
    state: str | None = None
    failed: bool = False
    standard: bool = False  # an express execution has handed over to the standard machine
    restarted: bool = False  # the execution has continued as a new one, without its history
    at: int = 0  # the program's own marks
    path: tuple[tuple[int, str], ...] = ()  # the outcomes that led here
    after: dict[tuple[int, str], Node] = field(default_factory=dict, repr=False)


class Program(Protocol):
    """A workflow, as nodes."""

    start: Node
    timeout_seconds: float
    deadline_slot: int  # of the timer that ends the execution after so many seconds

    def next(self, node: Node, slot: int, outcome: str) -> Node:
        """Return the node that an outcome leads to."""


def _again(node: Node, slot: int, outcome: str, call: Call, wait_s: float) -> Node | None:
    """Return where a refusal or the wait after it leads: a call is made again until it is let in.

    Nobody published what refused calls of the experiments did; they try as often as places become free.
    """
    if outcome == OK:
        return None
    if outcome == DUE:
        return Node((call,), at=node.at)
    return Node(timers=(Timer(slot, wait_s, jitter=True),), at=node.at)


class Chain:
    """Functions in a row: the first prepares, the others are one function, as in the published experiment.

    Each takes ``seconds``, after about which a refused call is made again.
    """

    timeout_seconds = 86_400.0
    deadline_slot = -1

    def __init__(self, tasks: int, seconds: float = 0.0) -> None:
        self._wait_s = max(1.0, seconds)
        self._nodes = [
            Node((Call(at, "task", "task" if at else "prepare"),), entered=1, at=at) for at in range(tasks)
        ]
        self._nodes.append(Node(state="succeeded", at=tasks))
        self.start = self._nodes[0]

    def next(self, node: Node, slot: int, outcome: str) -> Node:
        """See :meth:`Program.next`."""
        (call,) = self._nodes[node.at].calls
        return _again(node, slot, outcome, call, self._wait_s) or self._nodes[node.at + 1]


class FanOut:
    """A function that prepares, then branches in parallel, each of one function.

    A branch takes ``seconds``, after about which a refused call is made again.
    """

    timeout_seconds = 86_400.0
    deadline_slot = -1

    def __init__(self, branches: int, seconds: float = 0.0) -> None:
        self._wait_s = max(1.0, seconds)
        self.start = Node((Call(0, "prepare", "prepare"),), entered=1)
        calls = tuple(Call(at + 1, "task", "task") for at in range(branches))
        waiting = [Node(at=left) for left in range(branches)]
        waiting[0].state = "succeeded"
        self._first = Node(calls, entered=1 + branches, at=branches)
        self._waiting = waiting

    def next(self, node: Node, slot: int, outcome: str) -> Node:
        """See :meth:`Program.next`."""
        call = self._first.calls[slot - 1] if slot else self.start.calls[0]
        following = self._waiting[node.at - 1] if node.at else self._first
        return _again(node, slot, outcome, call, self._wait_s) or following
