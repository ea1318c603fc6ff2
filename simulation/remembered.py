"""Remember the turns that the executions of a workflow can take.

A turn depends only on what is under way, on the attempts so far of that, and on how what is finished ended.
So turns are remembered by these, and a million jobs need a few dozen replays. The turns of a batch depend on
how many of its items are under way: there would be no end of them, so its one execution is played for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from core.workflow.interpreter import interpret
from core.workflow.model import Workflow
from simulation.program import Node
from simulation.replay import Flow, Replay
from simulation.replay_host import DEADLINE, Slots


class Remembered:
    """A workflow's program, built as it is needed; see :class:`simulation.program.Program`."""

    deadline_slot = DEADLINE

    def __init__(self, flow: Flow, timeout_seconds: float) -> None:
        self.timeout_seconds = timeout_seconds
        self._flow = flow
        self._slots = Slots()
        self._known: dict[Any, Node] = {}
        self.start = self._replay(())

    def next(self, node: Node, slot: int, outcome: str) -> Node:
        """See :meth:`simulation.program.Program.next`."""
        node.after[slot, outcome] = made = self._replay((*node.path, (slot, outcome)))
        return made

    def _replay(self, path: tuple[tuple[int, str], ...]) -> Node:
        replay = Replay(self._flow, self._slots)
        node = replay.start
        for slot, outcome in path:
            node = replay.turn(slot, outcome)
        node.path = path
        if node.state is None:
            twin = self._known.setdefault(self._signature(replay, path), node)
            node.after, node.path = twin.after, twin.path
        return node

    def _signature(self, replay: Replay, path: tuple[tuple[int, str], ...]) -> Any:
        """Return what decides how it goes on: what is under way, its past, and how the rest ended."""
        names = self._slots.identities
        open_ = replay.under_way()
        active = {names[slot][:2] for slot in open_}
        past = frozenset((slot, outcome) for slot, outcome in path if names[slot][:2] in active)
        ended = {names[slot][:2]: outcome for slot, outcome in path if names[slot][:2] not in active}
        return open_, past, frozenset(ended.items())


class Played:
    """The program of one execution, whose turns are not worth remembering; see :class:`Remembered`."""

    deadline_slot = DEADLINE

    def __init__(self, flow: Flow, timeout_seconds: float, document: Mapping[str, Any]) -> None:
        self.timeout_seconds = timeout_seconds
        self._replay = Replay(flow, Slots(), document)
        self.start = self._replay.start

    def next(self, node: Node, slot: int, outcome: str) -> Node:
        """See :meth:`simulation.program.Program.next`."""
        return self._replay.turn(slot, outcome)


def flow(workflow: Workflow) -> Flow:
    """Return what an execution does that :mod:`core.workflow.interpreter` runs."""
    return lambda host: interpret(workflow, host)


@cache
def interpreted(workflow: Workflow) -> Remembered:
    """Return the program of an interpreted workflow."""
    return Remembered(flow(workflow), workflow.timeout_seconds)
