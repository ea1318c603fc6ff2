"""The host of a workflow's generator in simulated time: it notes what is started, and numbers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core.job import Job, Source
from core.workflow.activities import Payload
from core.workflow.model import Workflow
from simulation.program import ITEM, Call, Timer

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
PHOTO = Job("", "gallery", Source("uploads", "incoming/photo.jpg", "", 0), "simulated", "", "")
DOCUMENT = PHOTO.to_document()

type Identity = tuple[str, str, int, bool]  # activity, payload, attempt, and whether it is a timer
NOTHING: Identity = ("", "", 0, True)  # of the deadline, which belongs to no call
DEADLINE = 0  # the slot of it


class Slots:
    """Numbers of what an execution can have under way."""

    def __init__(self) -> None:
        self.identities = [NOTHING]
        self._numbers = {NOTHING: DEADLINE}

    def number(self, identity: Identity) -> int:
        """Return the number of this identity, a new one if it has none."""
        if identity not in self._numbers:
            self._numbers[identity] = len(self.identities)
            self.identities.append(identity)
        return self._numbers[identity]


@dataclass(eq=False, slots=True)
class ReplayTask:
    """A task of the replay: a call, a timer, or the first of ``several``."""

    slot: int = -1
    activity: str = ""
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

    def __init__(self, slots: Slots, document: Mapping[str, Any]) -> None:
        self.phase = ""  # tells the second machine of an execution from the first
        self.entered = 0  # states, told by the walk of a compiled definition
        self.tasks: dict[int, ReplayTask] = {}
        self.started: list[Call | Timer] = []
        self.failed = NOTHING[:3]  # the call that a wait is for
        self.restarted = False
        self._slots, self._document = slots, document
        self._jitter = False

    def input(self) -> Mapping[str, Any]:
        """Return the job document."""
        return self._document

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
        return self._call(
            activity, payload.get("function", activity), details, int(payload["attempt"]), payload
        )

    def done(self, step: str) -> None:
        """Note nothing: nobody looks at a simulated execution."""

    def wait_until(self, moment: datetime) -> ReplayTask:
        """Return the task of waiting; a wait belongs to the call that failed last, the deadline to none."""
        seconds = (moment - BEGINNING) / timedelta(seconds=1)
        jitter, self._jitter = self._jitter, False
        slot = self._slots.number((*self.failed, True))
        self.started.append(Timer(slot, seconds, jitter))
        self.tasks[slot] = ReplayTask(slot)
        return self.tasks[slot]

    def sleep(self, seconds: float) -> ReplayTask:
        """Return the task of waiting so long."""
        return self.wait_until(BEGINNING + timedelta(seconds=seconds))

    def event(self, name: str) -> ReplayTask:
        """Return the task of waiting for an event, as a call that no function runs."""
        return self._call(name, None, "", 1, {"job": DOCUMENT})

    def item(self, number: int) -> ReplayTask:
        """Return the task of running an item of a batch, as a call that an execution of its own runs."""
        return self._call(ITEM, None, str(number), 1, {"job": DOCUMENT})

    def child(self, workflow: Workflow, document: Mapping[str, Any], number: int) -> ReplayTask:
        """Return the task of running an item: all have the same workflow and document."""
        return self.item(number)

    def restart(self, document: Mapping[str, Any]) -> None:
        """Begin again with this document."""
        self._document = document
        self.restarted = True

    def first(self, tasks: Sequence[ReplayTask]) -> ReplayTask:
        """Return the task of waiting for the first of several."""
        return ReplayTask(several=tuple(tasks))

    def _call(
        self, activity: str, function: str | None, details: str, attempt: int, payload: Payload
    ) -> ReplayTask:
        slot = self._slots.number((activity, f"{self.phase}{details}", attempt, False))
        self.started.append(Call(slot, activity, function, attempt, details))
        self.tasks[slot] = ReplayTask(slot, activity, payload)
        return self.tasks[slot]
