"""The part of the Durable SDK that the orchestration is written against; 1.x and 2.x both have it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol


class Timer(Protocol):
    """The task of waiting until a moment."""

    def cancel(self) -> Any:
        """Wait no longer; only for a timer that is not done."""


class Context(Protocol):
    """An orchestration's context; what its methods return is to be yielded."""

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

    def create_timer(self, fire_at: datetime) -> Timer:
        """Return the task of waiting."""

    def task_any(self, tasks: list[Any]) -> Any:
        """Return the task of waiting for the first of several tasks."""
