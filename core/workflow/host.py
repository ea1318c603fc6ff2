"""The host protocol: what :mod:`core.workflow.interpreter` needs from the system that it runs in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from core.workflow.model import Workflow


class Timer(Protocol):
    """The task of waiting until a moment."""

    def cancel(self) -> Any:
        """Stop waiting; only for a timer that is not done."""


class Host(Protocol):
    """One execution of a workflow.

    ``call``, ``wait_until`` and ``first`` return tasks: the interpreter yields one and is resumed with its
    result, or with an exception. A durable host replays the interpreter from its start for every event, so
    everything here has to be the same in every replay.
    """

    @property
    def execution(self) -> str:
        """The execution's unique id."""

    def input(self) -> Mapping[str, Any]:
        """Return the job document that the execution was started with."""

    def now(self) -> datetime:
        """Return the time in UTC of the event that is being handled."""

    def random(self) -> float:
        """Return a new random number from 0 (inclusive) to 1 (exclusive)."""

    def call(self, activity: str, payload: Mapping[str, Any]) -> Any:
        """Return the task of running an activity; its result is the activity's answer.

        The answer is ``{"ok": <job document>}`` or ``{"error": {"name", "message"}}``. The interpreter is
        resumed with an exception only if the worker was lost before it could answer.
        """

    def done(self, step: str) -> None:
        """Note that a step is done, for whoever asks how far the execution is."""

    def wait_until(self, moment: datetime) -> Timer:
        """Return the task of waiting until a moment in UTC."""

    def event(self, name: str) -> Any:
        """Return the task of waiting for an event from outside, which may have come before."""

    def child(self, workflow: Workflow, document: Mapping[str, Any], number: int) -> Any:
        """Return the task of running a workflow as an execution of its own, the ``number``-th of this one.

        Its result is the finished job document; the interpreter is resumed with an exception if it failed.
        """

    def restart(self, document: Mapping[str, Any]) -> None:
        """Let the execution begin again with this document and no history, once the interpreter returns."""

    def first(self, tasks: Sequence[Any]) -> Any:
        """Return the task of waiting for the first of several; its result is that task, which is done."""
