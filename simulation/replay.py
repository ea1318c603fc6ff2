"""Replay a workflow's generator: resume it with one outcome after another, and note what it starts.

The generator is :func:`core.workflow.interpreter.interpret` or :func:`simulation.compiled.walk`: both yield a
host's tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from core.batch import items
from core.job import Batch, Problem, Review
from core.trace import stamp
from core.workflow.activities import Answer, Payload
from core.workflow.calls import Fault
from core.workflow.model import DUPLICATE as REFUSED
from simulation.program import OK, Call, Node, Timer
from simulation.replay_host import BEGINNING, DEADLINE, DOCUMENT, NOTHING, ReplayHost, ReplayTask, Slots

REVIEW = Review(stamp(BEGINNING), stamp(BEGINNING + timedelta(days=1)))
LOST = "lost"  # the outcome of a call whose worker was lost, and of an item that failed

type Flow = Callable[[ReplayHost], Generator[Any, Any, Any]]


class Replay:
    """One execution of a workflow: ``start`` is where it begins, and each outcome leads to another node."""

    def __init__(self, flow: Flow, slots: Slots, document: Mapping[str, Any] = DOCUMENT) -> None:
        self._flow, self._slots, self._host = flow, slots, ReplayHost(slots, document)
        self._turns = 0
        self._running, self._waiting = self._begun()
        self.start = self._node(Node(), 0, 0)

    def under_way(self) -> frozenset[int]:
        """Return the slots whose outcomes are not known."""
        return frozenset(slot for slot, task in self._host.tasks.items() if task.outcome is None)

    def turn(self, slot: int, outcome: str) -> Node:
        """Return the node that an outcome leads to."""
        host, node = self._host, Node()
        before, entered = len(host.started), host.entered
        self._turns += 1
        host.failed = self._slots.identities[slot][:3]
        host.tasks[slot].outcome, host.tasks[slot].order = outcome, self._turns
        try:
            while won := self._waiting.winner():
                self._waiting = _resume(self._running, self._waiting, won)
        except StopIteration as done:
            if host.restarted:
                self._running, self._waiting = self._begun()
                node.restarted = True
            else:
                node.state = str(done.value["state"])
        except Fault:
            node.state, node.failed = "failed", True
        return self._node(node, before, entered)

    def _begun(self) -> tuple[Generator[Any, Any, Any], ReplayTask]:
        self._host.restarted, self._host.failed = False, NOTHING[:3]
        running = self._flow(self._host)
        return running, next(running)

    def _node(self, node: Node, before: int, entered: int) -> Node:
        """Return the node with what was started and entered since."""
        fresh = self._host.started[before:]
        node.calls = tuple(each for each in fresh if isinstance(each, Call))
        node.timers = tuple(each for each in fresh if isinstance(each, Timer) and each.slot != DEADLINE)
        node.entered = self._host.entered - entered
        node.standard = bool(self._host.phase)
        return node


def _resume(flow: Generator[Any, Any, Any], waiting: ReplayTask, won: ReplayTask) -> ReplayTask:
    """Resume the generator with the result of what it waited for, and return what it waits for next."""
    if waiting.several:
        answer: Any = won
    elif waiting.outcome == LOST:
        return flow.throw(RuntimeError("The worker was lost."))  # type: ignore[no-any-return]
    else:
        answer = None if waiting.payload is None else _answer(waiting, waiting.payload, waiting.outcome or OK)
    return flow.send(answer)  # type: ignore[no-any-return]


def _answer(task: ReplayTask, payload: Payload, outcome: str) -> Answer:
    """Return what the activity answers, as :mod:`core.workflow.activities` would."""
    job = dict(payload["job"])
    match outcome:
        case "ok" if task.activity == "items":
            batch = Batch(**job["batch"])
            return {"ok": {"items": [DOCUMENT] * min(items.PAGE, batch.items - batch.begun)}}
        case "ok":
            return {"ok": {**job, "state": payload.get("state", job["state"])}}
        case "duplicate":
            return {"ok": {**job, "state": REFUSED}}
        case "flagged":
            return {"ok": {**job, "flags": ["always"]}}
        case "asked":
            return {"ok": {**job, "review": asdict(REVIEW)}}
        case "approved" | "refused" | "expired":
            return {"ok": {**job, "review": {**job["review"], "decision": outcome}}}
        case "rejected":
            problem = Problem("NotAPhoto", "simulated")
            return {"ok": {**job, "error": {"name": problem.name, "message": problem.message}}}
        case _:
            return {"error": {"name": outcome, "message": "simulated"}}
