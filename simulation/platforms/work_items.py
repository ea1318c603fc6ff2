"""Activities: the work-item queue, which instances prefetch from, lost workers, and scale-out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from simulation.context import Context
from simulation.execution import Execution, Task
from simulation.platforms.durable_costs import DurableCosts
from simulation.platforms.functions_app import FunctionsApp, Instance
from simulation.platforms.options import DurableOptions
from simulation.platforms.polling import Polling
from simulation.program import OK

FETCH_S = 0.01  # between two messages that a new instance takes
BOOT_SIGMA = 0.4


class WorkItems:
    """The activities of one task hub.

    ``tell`` puts news of an activity into its orchestrator's queue; ``again`` brings back the episodes of a
    lost worker. ``open`` counts the executions that are under way: while there are any, the scale controller
    looks at the queue.
    """

    def __init__(
        self,
        context: Context,
        app: FunctionsApp,
        options: DurableOptions,
        costs: DurableCosts,
        polling: Polling,
        tell: Callable[[Execution, Any], None],
        again: Callable[[Any], None],
    ) -> None:
        values, streams = context.values, context.streams
        self._kernel, self._totals, self._work = context.kernel, context.totals, context.work
        self._app = app
        self._options, self._costs, self._polling = options, costs, polling
        self._tell, self._again = tell, again
        self._uniform = streams.uniform("scale.decisions")
        self._loss = streams.exponential("app.losses")
        self._busy_until_loss = values[f"azure.{options.plan}_busy_s_per_loss"]
        self._until_loss = self._loss() * self._busy_until_loss
        self._hidden_s = values["azure.hidden_s"]
        self._boot = streams.lognormal("app.boot", values["azure.boot_s"], BOOT_SIGMA)
        self._scale_s, self._keep_s = values["azure.scale_s"], values["azure.keep_alive_s"]
        self._queue: deque[Task] = deque()
        self._ticking = False
        self._coming = 0
        self.open = 0

    def begin(self) -> None:
        """Count an execution, and let the scale controller watch from now on."""
        if not self.open:
            self._app.remove_idle(self._keep_s)
        self.open += 1
        if not self._app.instances and not self._coming:
            self._coming += 1
            self._kernel.at(self._kernel.now + self._boot(), self._booted)
        if not self._ticking:
            self._ticking = True
            self._kernel.at(self._kernel.now + self._scale_s * self._uniform(), self._tick)

    def offer(self, task: Task) -> None:
        """Put an activity into the work-item queue; the first instance with room to poll it takes it."""
        room = self._options.prefetch
        now, chosen, soonest = self._kernel.now, None, 0.0
        for instance in self._app.instances:
            if instance.activities < room:
                wait = self._polling.wait_s(now - instance.fetched)
                if chosen is None or (wait, instance.activities) < (soonest, chosen.activities):
                    chosen, soonest = instance, wait
        if chosen is None:
            self._queue.append(task)
        else:
            self._fetch(chosen, task, soonest)

    def _fetch(self, instance: Instance, task: Task, wait: float) -> None:
        now = self._kernel.now
        instance.activities += 1
        instance.held.add(task)
        instance.fetched = now + wait
        task.environment, task.instance = instance.number, instance
        load = self._costs.message() + self._costs.blob_s
        self._kernel.at(now + wait + load, self._fetched, (instance, task, instance.generation))

    def _fetched(self, fetched: tuple[Instance, Task, int]) -> None:
        instance, task, generation = fetched
        if generation != instance.generation:
            return
        work, execution, activity = self._work, task.execution, task.call.activity
        cpu = work.cpu_s(activity, execution) + self._costs.activity_s
        if instance.new:
            instance.new, task.cold = False, True
            cpu += work.first_call_cpu_s
        self._app.run(instance, cpu, work.wait_s(activity, execution), self._done, task)

    def _done(self, task: Task) -> None:
        execution, now = task.execution, self._kernel.now
        instance: Instance = task.instance
        instance.activities -= 1
        instance.held.discard(task)
        if self._queue and instance.activities < self._options.prefetch:
            self._fetch(instance, self._queue.popleft(), 0.0)
        news = (task.call.slot, OK, now, self._totals.finish(task, now))
        if self._costs.blob_s:
            self._kernel.at(now + self._costs.blob_s, self._tell_later, (execution, news))
        else:
            self._tell(execution, news)
        self._until_loss -= now - task.started
        if self._until_loss < 0:
            self._until_loss = self._loss() * self._busy_until_loss
            self.lose(instance)

    def _tell_later(self, message: tuple[Execution, Any]) -> None:
        self._tell(*message)

    def lose(self, instance: Instance) -> None:
        """Lose a worker; the messages that it held appear again after their time-out."""
        now = self._kernel.now
        episodes = [each for each in self._app.lose(instance) if type(each) is not Task]
        for task in sorted(instance.held, key=lambda each: (each.execution.number, each.call.slot)):
            self._kernel.at(now + self._hidden_s, self.offer, task)
        instance.held.clear()
        instance.activities = 0
        for _, execution, batch in episodes:
            execution.history -= len(batch)
            execution.pending = batch + execution.pending
            instance.episodes -= 1
            self._kernel.at(now + self._hidden_s, self._again, execution)

    def _tick(self, _: object) -> None:
        """Be the scale controller: one decision every few seconds while there is work."""
        instances, options = self._app.instances, self._options
        here = len(instances) + self._coming
        backlog = len(self._queue)
        wanted = 0
        if not here and self.open:
            wanted = 1
        elif backlog and here < options.most_instances:
            wanted = min(options.step(backlog), options.most_instances - here)
        for _each in range(wanted):
            self._coming += 1
            self._kernel.at(self._kernel.now + self._boot(), self._booted)
        self._app.remove_idle(self._keep_s)
        if self.open:
            self._kernel.at(self._kernel.now + self._scale_s, self._tick)
        else:
            self._ticking = False

    def _booted(self, _: object) -> None:
        self._coming -= 1
        instance = self._app.add()
        while self._queue and instance.activities < self._options.prefetch:
            self._fetch(instance, self._queue.popleft(), FETCH_S * instance.activities)
