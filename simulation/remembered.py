"""Run a workflow's generator once for each turn it can take, and remember the turns.

The generator is :func:`core.workflow.interpreter.interpret` or :func:`simulation.compiled.walk`: both yield a
host's tasks. The host here answers from a list of outcomes, so a generator that is replayed with one outcome
more shows what it starts next. That depends only on what is under way, on the attempts so far of that, and on
how what is finished ended. So turns are remembered by these, and a million jobs need a few dozen replays.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from core.job import Job, Problem, Review, Source
from core.trace import stamp
from core.workflow.activities import Answer, Payload
from core.workflow.calls import Fault
from core.workflow.interpreter import interpret
from core.workflow.model import DUPLICATE as REFUSED
from core.workflow.model import Workflow
from simulation.errors import SimulationError
from simulation.program import OK, Call, Node, Timer

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
REVIEW = Review(stamp(BEGINNING), stamp(BEGINNING + timedelta(days=1)))
BATCH = "A Map is no program: simulate a workload whose arrivals are of the kind batch."
LOST = "lost"  # the outcome of a call whose worker was lost
DOCUMENT = Job(
    "", "gallery", Source("uploads", "incoming/photo.jpg", "", 0), "simulated", "", ""
).to_document()

type Flow = Callable[[ReplayHost], Generator[Any, Any, Any]]
type Identity = tuple[str, str, int, bool]  # activity, payload, attempt, and whether it is a timer


@dataclass(eq=False, slots=True)
class ReplayTask:
    """A task of the replay: a call, a timer, or the first of ``several``."""

    slot: int = -1
    payload: Payload | None = None
    several: Sequence[ReplayTask] = ()
    outcome: str | None = None
    order: int = 0

    def winner(self) -> ReplayTask | None:
        """Return the task that was done first, of several or itself."""
        if not self.several:
            return self if self.outcome is not None else None
        done = [each for each in self.several if each.winner()]
        return min(done, key=lambda each: each.finished()) if done else None

    def finished(self) -> int:
        """Return when it was done, as a position in the path."""
        won = self.winner()
        return self.order if won is self or won is None else won.finished()

    def cancel(self) -> None:
        """See :meth:`core.workflow.host.Timer.cancel`; a replay need not stop waiting."""


class ReplayHost:
    """The host of one replay, see :class:`core.workflow.host.Host`."""

    execution = "simulated"

    def __init__(self, slots: dict[Identity, int]) -> None:
        self.phase = ""  # tells the second machine of an execution from the first
        self.entered = 0  # states, told by the walk of a compiled definition
        self.tasks: dict[int, ReplayTask] = {}
        self.started: list[Call | Timer] = []
        self._slots = slots
        self.failed: tuple[str, str, int] = ("", "", 0)  # the call that a wait is for
        self._jitter = False

    def input(self) -> Mapping[str, Any]:
        """Return the job document."""
        return DOCUMENT

    def now(self) -> datetime:
        """Return a fixed time: only differences matter."""
        return BEGINNING

    def random(self) -> float:
        """Return 1, and remember that the wait that follows is the most that it can be."""
        self._jitter = True
        return 1.0

    def call(self, activity: str, payload: Payload) -> ReplayTask:
        """Return the task of running an activity."""
        details = str(payload.get("state") or payload.get("topic") or "")
        attempt = int(payload["attempt"])
        function = payload.get("function", activity)
        slot = self._slot((activity, f"{self.phase}{details}", attempt, False))
        self.started.append(Call(slot, activity, function, attempt, details))
        self.tasks[slot] = ReplayTask(slot, payload)
        return self.tasks[slot]

    def done(self, step: str) -> None:
        """Note nothing: nobody looks at a simulated execution."""

    def wait_until(self, moment: datetime) -> ReplayTask:
        """Return the task of waiting; a wait belongs to the call that failed last, the deadline to none."""
        seconds = (moment - BEGINNING) / timedelta(seconds=1)
        jitter, self._jitter = self._jitter, False
        slot = self._slot((*self.failed, True))
        self.started.append(Timer(slot, seconds, jitter))
        self.tasks[slot] = ReplayTask(slot)
        return self.tasks[slot]

    def sleep(self, seconds: float) -> ReplayTask:
        """Return the task of waiting so long."""
        return self.wait_until(BEGINNING + timedelta(seconds=seconds))

    def event(self, name: str) -> ReplayTask:
        """Return the task of waiting for an event, as a call that no function runs."""
        return self.call(name, {"job": DOCUMENT, "attempt": 1, "function": None})

    def child(self, workflow: Workflow, document: Mapping[str, Any], number: int) -> ReplayTask:
        """Refuse to run a workflow for each item of a batch."""
        raise SimulationError(BATCH)

    def restart(self, document: Mapping[str, Any]) -> None:
        """Refuse, as :meth:`child`."""
        raise SimulationError(BATCH)

    def first(self, tasks: Sequence[ReplayTask]) -> ReplayTask:
        """Return the task of waiting for the first of several."""
        return ReplayTask(several=tuple(tasks))

    def _slot(self, identity: Identity) -> int:
        return self._slots.setdefault(identity, len(self._slots))


class Remembered:
    """A workflow's program, built as it is needed; see :class:`simulation.program.Program`."""

    deadline_slot = 0  # the first task of an interpreted workflow is its deadline

    def __init__(self, flow: Flow, timeout_seconds: float) -> None:
        self.timeout_seconds = timeout_seconds
        self._flow = flow
        self._slots: dict[Identity, int] = {("", "", 0, True): 0}
        self._known: dict[Any, Node] = {}
        self.start = self._replay(())

    def next(self, node: Node, slot: int, outcome: str) -> Node:
        """See :meth:`simulation.program.Program.next`."""
        node.after[slot, outcome] = made = self._replay((*node.path, (slot, outcome)))
        return made

    def _replay(self, path: tuple[tuple[int, str], ...]) -> Node:
        host = ReplayHost(self._slots)
        flow = self._flow(host)
        waiting = next(flow)
        node = Node(path=path)
        before, entered = 0, 0
        for order, (slot, outcome) in enumerate(path, start=1):
            names = {number: identity for identity, number in self._slots.items()}
            before, entered = len(host.started), host.entered
            host.failed = names[slot][:3]
            host.tasks[slot].outcome, host.tasks[slot].order = outcome, order
            try:
                while won := waiting.winner():
                    waiting = _resume(flow, waiting, won)
            except StopIteration as done:
                node.state = _state(done.value)
            except Fault:
                node.state, node.failed = "failed", True
            if node.state is not None:
                break
        fresh = host.started[before:]
        node.calls = tuple(each for each in fresh if isinstance(each, Call))
        node.timers = tuple(each for each in fresh if isinstance(each, Timer) and each.slot)
        node.entered = host.entered - entered
        node.standard = bool(host.phase)
        if node.state is None:
            twin = self._known.setdefault(self._signature(host, path), node)
            node.after, node.path = twin.after, twin.path
        return node

    def _signature(self, host: ReplayHost, path: tuple[tuple[int, str], ...]) -> Any:
        """Return what decides how it goes on: what is under way, its past, and how the rest ended."""
        names = {slot: identity for identity, slot in self._slots.items()}
        open_ = frozenset(slot for slot, task in host.tasks.items() if task.outcome is None)
        active = {names[slot][:2] for slot in open_}
        past = frozenset((slot, outcome) for slot, outcome in path if names[slot][:2] in active)
        ended = {names[slot][:2]: outcome for slot, outcome in path if names[slot][:2] not in active}
        return open_, past, frozenset(ended.items())


@cache
def interpreted(workflow: Workflow) -> Remembered:
    """Return the program of a workflow as :mod:`core.workflow.interpreter` runs it."""
    return Remembered(lambda host: interpret(workflow, host), workflow.timeout_seconds)


def _resume(flow: Generator[Any, Any, Any], waiting: ReplayTask, won: ReplayTask) -> ReplayTask:
    """Resume the generator with the result of what it waited for, and return what it waits for next."""
    if waiting.several:
        answer: Any = won
    elif waiting.outcome == LOST:
        return flow.throw(RuntimeError("The worker was lost."))  # type: ignore[no-any-return]
    else:
        answer = None if waiting.payload is None else _answer(waiting.payload, waiting.outcome or OK)
    return flow.send(answer)  # type: ignore[no-any-return]


def _answer(payload: Payload, outcome: str) -> Answer:
    """Return what the activity answers, as :mod:`core.workflow.activities` would."""
    job = dict(payload["job"])
    match outcome:
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


def _state(document: Any) -> str:
    return str(document["state"])
