"""durabletask's in-memory backend, without a thread for all that an orchestration waits for.

The library starts one for each timer, which sleeps until it is due even if the orchestration ended long
before, and one for each sub-orchestration, which gives up after 30 seconds: the parent then waits for ever.
Here, the event loop keeps the timers, and the end of a sub-orchestration is told when it comes.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from durabletask.internal import helpers
from durabletask.testing.in_memory_backend import InMemoryOrchestrationBackend


class Backend(InMemoryOrchestrationBackend):  # type: ignore[misc]  # mypy's environment has no durabletask
    """A backend for the event loop that it is made in."""

    def __init__(self) -> None:
        """Let the running loop keep the timers."""
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._timers: defaultdict[str, list[asyncio.TimerHandle]] = defaultdict(list)  # by orchestration
        self._parents: dict[str, tuple[str, int]] = {}  # of sub-orchestrations, with the parent's task

    def stop(self, grace: float | None = None) -> None:
        """Stop, and wait for nothing any more; to be called in the loop."""
        super().stop(grace)
        for each in tuple(self._timers):
            self._cancel(each)

    def _process_create_timer_action(self, instance: Any, action: Any) -> None:
        due = action.createTimer.fireAt.ToDatetime(tzinfo=UTC)
        instance.history.append(helpers.new_timer_created_event(action.id, due))
        self._loop.call_soon_threadsafe(self._wait, instance.instance_id, action.id, due)

    def _process_complete_orchestration_action(self, instance: Any, complete_action: Any) -> None:
        super()._process_complete_orchestration_action(instance, complete_action)
        # One that continues as new numbers its timers from the beginning.
        self._loop.call_soon_threadsafe(self._cancel, instance.instance_id)

    def _watch_sub_orchestration(self, parent_instance_id: str, sub_instance_id: str, task_id: int) -> None:
        self._parents[sub_instance_id] = (parent_instance_id, task_id)

    def _notify_waiters(self, instance_id: str) -> None:
        super()._notify_waiters(instance_id)
        instance = self._instances[instance_id]
        if instance_id not in self._parents or not self._is_terminal_status(instance.status):
            return
        parent, task = self._parents.pop(instance_id)
        failure = instance.failure_details
        self._deliver(
            parent,
            helpers.new_sub_orchestration_completed_event(task, instance.output)
            if failure is None
            else helpers.new_sub_orchestration_failed_event(task, Exception(failure.errorMessage)),
        )

    def _enqueue_orchestration(self, instance_id: str) -> None:
        # One in flight is queued when it comes back; before that, it would hold up those behind it.
        if instance_id not in self._orchestration_in_flight:
            super()._enqueue_orchestration(instance_id)

    def _wait(self, instance_id: str, timer: int, due: datetime) -> None:
        seconds = (due - datetime.now(UTC)).total_seconds()
        event = helpers.new_timer_fired_event(timer, due)
        self._timers[instance_id].append(
            self._loop.call_later(max(0.0, seconds), self._deliver, instance_id, event)
        )

    def _cancel(self, instance_id: str) -> None:
        for timer in self._timers.pop(instance_id, ()):
            timer.cancel()

    def _deliver(self, instance_id: str, event: Any) -> None:
        """Add an event to an orchestration unless it has ended."""
        with self._lock:
            instance = self._instances.get(instance_id)
            if instance is not None and not self._is_terminal_status(instance.status):
                instance.pending_events.append(event)
                instance.last_updated_at = datetime.now(UTC)
                self._enqueue_orchestration(instance_id)
