"""Azure Functions: the instances of one app, their threads, and what they are billed for.

One worker runs as many functions at a time as it has threads; what comes beyond waits in order of arrival,
activities and orchestrator episodes alike. What computes at the same time shares the instance's cores.

Sources: Microsoft Learn, "Azure Functions Flex Consumption plan" and "Estimating consumption-based costs";
azure-functions-python-worker, PYTHON_THREADPOOL_THREAD_COUNT.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import ceil
from typing import Any

from simulation.context import Context
from simulation.execution import Task

type Then = Callable[[Any], None]
type ThreadWork = tuple[float, float, Then, Any, float]  # CPU and waiting seconds, then, subject, since


class Instance:
    """One instance: its free threads and its queues."""

    __slots__ = (
        "activities", "computing", "current", "episodes", "fetched", "free", "generation", "held", "new",
        "number", "polled", "ready", "running", "since", "used", "waiting",
    )  # fmt: skip

    def __init__(self, number: int, threads: int, now: float) -> None:
        self.number = number
        self.free = threads
        self.computing = 0
        self.current: list[ThreadWork] = []
        self.waiting: deque[ThreadWork] = deque()
        self.activities = 0  # fetched from the work-item queue, running or waiting
        self.episodes = 0
        self.ready: deque[Any] = deque()  # executions that wait for an episode
        self.held: set[Task] = set()  # activities that would be lost with the worker
        self.fetched = self.polled = self.used = now
        self.running = 0
        self.since = 0.0
        self.generation = 0
        self.new = True


class FunctionsApp:
    """Run functions on instances, and bill them by the rules of the plan."""

    def __init__(self, context: Context, *, plan: str, memory_mb: int, threads: int) -> None:
        values, streams = context.values, context.streams
        self._kernel, self._totals = context.kernel, context.totals
        self._flex = plan == "flex"
        self._threads = threads
        self._cores = max(1.0, memory_mb / 2048.0) if self._flex else 1.0
        self._gb = memory_mb / 1024.0 if self._flex else values["azure.observed_gb"]
        self._stalls = values[f"azure.{plan}_stalls_per_busy_s"]
        self._stall_s = values["azure.stall_s"]
        self._uniform = streams.uniform("app.stalls")
        self._exponential = streams.exponential("app.stall_times")
        self.instances: list[Instance] = []
        self._number = 0

    def add(self) -> Instance:
        """Add an instance that is ready now."""
        self._number += 1
        instance = Instance(self._number, self._threads, self._kernel.now)
        self.instances.append(instance)
        self._totals.instances = max(self._totals.instances, len(self.instances))
        return instance

    def remove_idle(self, longest_s: float) -> None:
        """Remove the instances that have done nothing for that long."""
        oldest = self._kernel.now - longest_s
        self.instances = [
            each for each in self.instances if each.running or each.activities or each.used >= oldest
        ]

    def run(self, instance: Instance, cpu_s: float, wait_s: float, then: Then, subject: Any) -> None:
        """Run a function on a thread of the instance as soon as one is free, and call ``then(subject)``."""
        now = self._kernel.now
        if not instance.running:
            instance.since = now
        instance.running += 1
        work = (cpu_s, wait_s, then, subject, now)
        if instance.free:
            self._begin(instance, work)
        else:
            instance.waiting.append(work)

    def _begin(self, instance: Instance, work: ThreadWork) -> None:
        instance.free -= 1
        instance.current.append(work)
        cpu_s, wait_s, _, subject, _ = work
        now = self._kernel.now
        if type(subject) is Task:
            subject.started = now
        if cpu_s:
            instance.computing += 1
            if instance.computing > self._cores:
                cpu_s *= instance.computing / self._cores
            if self._uniform() < cpu_s * self._stalls:
                cpu_s += self._stall_s * self._exponential()
        self._kernel.at(now + cpu_s + wait_s, self._finished, (instance, work, instance.generation))

    def _finished(self, finished: tuple[Instance, ThreadWork, int]) -> None:
        instance, work, generation = finished
        if generation != instance.generation:
            return  # lost with the worker
        if work[0]:
            instance.computing -= 1
        instance.free += 1
        instance.current.remove(work)
        now = self._kernel.now
        self._bill(instance, now, work[4])
        if instance.waiting:
            self._begin(instance, instance.waiting.popleft())
        work[2](work[3])

    def _bill(self, instance: Instance, now: float, since: float) -> None:
        """Bill a function that ended.

        Flex bills an instance while anything runs on it, for at least a second and in steps of 100 ms;
        Consumption bills every function from its dispatch, waiting for the thread included.
        """
        totals = self._totals
        totals.executions += 1
        instance.running -= 1
        instance.used = now
        if not self._flex:
            totals.gb_seconds += max(0.1, now - since) * self._gb
        elif not instance.running:
            totals.gb_seconds += max(1.0, ceil((now - instance.since) * 10.0) / 10.0) * self._gb

    def lose(self, instance: Instance) -> list[Any]:
        """Lose the worker: all that ran or waited on its threads is gone; return the subjects."""
        subjects = [work[3] for work in (*instance.current, *instance.waiting)]
        instance.current.clear()
        instance.waiting.clear()
        instance.generation += 1
        instance.free, instance.computing, instance.running = self._threads, 0, 0
        return subjects
