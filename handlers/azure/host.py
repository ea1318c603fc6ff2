"""A Durable orchestration as a host of the interpreter; SDKs 1.x and 2.x both have what it uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from core.workflow.host import Timer
from core.workflow.model import Workflow


class Context(Protocol):
    """The part of an orchestration's context that is used; the results of its methods must be yielded."""

    @property
    def instance_id(self) -> str:
        """The orchestration's id."""

    @property
    def current_utc_datetime(self) -> datetime:
        """The time of the event that is being handled."""

    def get_input(self) -> Any:
        """Return what the orchestration was started with."""

    def new_uuid(self) -> str:
        """Return an id that is the same in every replay."""

    def call_activity(self, name: str, input_: Any) -> Any:
        """Return the task of running an activity."""

    def set_custom_status(self, status: Any) -> None:
        """Set what a client's ``get_status`` tells of the orchestration."""

    def create_timer(self, fire_at: datetime) -> Timer:
        """Return the task of waiting."""

    def call_sub_orchestrator(self, name: str, input_: Any, instance_id: str) -> Any:
        """Return the task of running an orchestration."""

    def continue_as_new(self, input_: Any) -> None:
        """Begin again with this input once the orchestrator returns."""

    def wait_for_external_event(self, name: str) -> Any:
        """Return the task of waiting for an event."""

    def task_any(self, tasks: list[Any]) -> Any:
        """Return the task of waiting for the first of several tasks."""


class DurableHost:
    """See :class:`core.workflow.host.Host`."""

    def __init__(self, context: Context) -> None:
        self._context = context
        # An instance id can be started again after its first run ended; the uuid tells the runs apart.
        self.execution = f"{context.instance_id}/{context.new_uuid()}"
        self._steps: list[str] = []

    def input(self) -> Mapping[str, Any]:
        """Return the orchestration's input."""
        document: Mapping[str, Any] = self._context.get_input()
        return document

    def now(self) -> datetime:
        """Return the time of the event that is being handled."""
        return self._context.current_utc_datetime.replace(tzinfo=UTC)

    def random(self) -> float:
        """Return a number derived from the next id, Durable's only random source that replays repeat."""
        return UUID(str(self._context.new_uuid())).time_low / 2**32

    def call(self, activity: str, payload: Mapping[str, Any]) -> Any:
        """Return the task of running an activity function."""
        return self._context.call_activity(activity, payload)

    def done(self, step: str) -> None:
        """Add the step to the orchestration's custom status.

        That costs no request of its own: every backend writes it with the history of the same event.
        """
        self._steps.append(step)
        self._context.set_custom_status(list(self._steps))

    def wait_until(self, moment: datetime) -> Timer:
        """Return a durable timer."""
        zone = self._context.current_utc_datetime.tzinfo  # the SDK compares both times; 1.x has no time zone
        return self._context.create_timer(moment.replace(tzinfo=zone))

    def event(self, name: str) -> Any:
        """Return the task of waiting for an event; Durable keeps one that comes before."""
        return self._context.wait_for_external_event(name)

    def child(self, workflow: Workflow, document: Mapping[str, Any], number: int) -> Any:
        """Return the task of running a sub-orchestration.

        Its id follows from this one's: one that is started again after a crash is the same.
        """
        instance = f"{self._context.instance_id}.{number}"
        return self._context.call_sub_orchestrator(workflow.name, document, instance)

    def restart(self, document: Mapping[str, Any]) -> None:
        """Continue as new."""
        self._context.continue_as_new(document)

    def first(self, tasks: Sequence[Any]) -> Any:
        """Return the task of waiting for the first of several."""
        return self._context.task_any(list(tasks))
