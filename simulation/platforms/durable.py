"""Durable Functions: control messages, orchestrator episodes, activities, scale-out.

With the state store ``storage``, instances poll queues: the longer nothing came, the longer they wait between
polls. An instance takes up to ``prefetch`` activities and holds them, out of reach of the others, even if its
threads are busy. Four partitions, each with one owner, run the orchestrators. With ``scheduler``, work is
pushed to whatever instance has room.

Sources: Azure/durabletask, DurableTask.AzureStorage; Microsoft Learn, "Azure Storage provider" and "Durable
Task Scheduler". There is no published latency of the scheduler: it is an extrapolation.
"""

from __future__ import annotations

from typing import Any

from simulation.context import Context
from simulation.execution import Execution, Task
from simulation.platforms.deadlines import Deadlines
from simulation.platforms.durable_costs import DurableCosts
from simulation.platforms.functions_app import FunctionsApp, Instance
from simulation.platforms.options import DurableOptions
from simulation.platforms.polling import Polling
from simulation.platforms.work_items import WorkItems
from simulation.program import DUE, ITEM, OK, Timer
from simulation.replay import LOST


class Durable:
    """The orchestrations of one task hub."""

    def __init__(self, context: Context, app: FunctionsApp, options: DurableOptions) -> None:
        kernel, values, streams = context.kernel, context.values, context.streams
        self._kernel, self._totals, self._item = kernel, context.totals, context.item
        self._app, self._options = app, options
        self._costs = costs = DurableCosts.of(values, streams, options)
        self._polling = Polling(values, options, streams.uniform("durable.polls"))
        self._uniform = streams.uniform("durable.jitter")
        self._start_gap = streams.exponential("durable.starts")
        self._gap_s = values["azure.start_gap_s"] if options.polls else 0.0
        self._last_start = 0.0
        self._dice = streams.uniform("durable.partitions")
        self._items = WorkItems(context, app, options, costs, self._polling, self._tell, self._got)
        self._deadlines = Deadlines(kernel, self._late)

    def start(self, execution: Execution) -> None:
        """Start an execution now; the starts of a burst come one after the other."""
        self._totals.executions += 1  # the function that starts it
        self._last_start = max(self._kernel.now, self._last_start + self._gap_s * self._start_gap())
        self._begin(execution, self._last_start)

    def _run(self, call: Task) -> None:
        """Start an item of a batch, as a sub-orchestration."""
        self._begin(self._item(call), self._kernel.now)

    def _begin(self, execution: Execution, moment: float) -> None:
        self._items.begin()
        execution.partition = int(self._dice() * self._options.partitions)
        self._kernel.at(moment + self._costs.message(), self._accepted, execution)

    def _accepted(self, execution: Execution) -> None:
        self._deadlines.add(execution)
        self._tell(execution, None)

    # Control messages and episodes.

    def _tell(self, execution: Execution, news: Any) -> None:
        """Put a message for the orchestrator into its control queue."""
        execution.pending.append(news)
        if not execution.busy:
            execution.busy = True
            self._kernel.at(self._kernel.now + self._costs.message(), self._put, execution)

    def _put(self, execution: Execution) -> None:
        instance = self._owner(execution)
        if instance is None:
            self._kernel.at(self._kernel.now + 1.0, self._put, execution)
            return
        now = self._kernel.now
        wait = self._polling.wait_s(now - instance.polled)
        instance.polled = now + wait
        self._kernel.at(now + wait + self._costs.message(), self._got, execution)

    def _owner(self, execution: Execution) -> Instance | None:
        instances = self._app.instances
        if not instances:
            return None
        if self._options.polls:
            return instances[execution.partition % min(len(instances), self._options.partitions)]
        return min(instances, key=lambda each: each.episodes)

    def _got(self, execution: Execution) -> None:
        instance = self._owner(execution)
        if instance is None or instance.episodes >= self._options.episodes:
            if instance is None:
                self._kernel.at(self._kernel.now + 1.0, self._put, execution)
            else:
                instance.ready.append(execution)
            return
        self._episode(instance, execution)

    def _episode(self, instance: Instance, execution: Execution) -> None:
        instance.episodes += 1
        now = self._kernel.now
        load = self._costs.table() + self._costs.blob_s * (1 + 0.05 * execution.history)
        self._kernel.at(now + load, self._replay, (instance, execution))

    def _replay(self, both: tuple[Instance, Execution]) -> None:
        instance, execution = both
        batch, execution.pending = execution.pending, []
        execution.history += len(batch)
        cpu = self._costs.episode_s + execution.history * self._costs.event_s
        self._app.run(instance, cpu, 0.0, self._replayed, (instance, execution, batch))

    def _replayed(self, episode: tuple[Instance, Execution, list[Any]]) -> None:
        """Resume the program with the batch, start what it asks for, and write the history."""
        instance, execution, batch = episode
        now = self._kernel.now
        for news in batch:
            if execution.ended < 0:
                self._resume(execution, news)
        self._kernel.at(now + self._costs.table(), self._written, (instance, execution))

    def _resume(self, execution: Execution, news: Any) -> None:
        if news is None:
            execution.accepted = self._kernel.now
            node, cause, path_s = execution.node, -1.0, 0.0
        else:
            slot, outcome, cause, path_s = news
            at = execution.node
            node = at.after.get((slot, outcome)) or execution.program.next(at, slot, outcome)
        execution.node = node
        if node.restarted:
            execution.history = 0
        now, kernel = self._kernel.now, self._kernel
        self._totals.actions += (news is None) + 2 * len(node.calls) + len(node.timers)
        for call in node.calls:
            task = Task(execution, call, cause, path_s)
            way = self._run if call.activity == ITEM else self._items.offer
            kernel.at(now + self._costs.message() + self._costs.blob_s, way, task)
        for timer in node.timers:
            execution.retries += 1
            wait = timer.seconds * self._uniform() if timer.jitter else timer.seconds
            kernel.at(now + wait, self._due, (execution, timer, path_s))
        if node.state is not None:
            self._items.open -= 1
            self._totals.end(execution, now, node.state)
            if (parent := execution.parent) is not None:
                outcome = LOST if node.failed else OK
                self._tell(parent.execution, (parent.call.slot, outcome, now, parent.path_s))

    def _due(self, due: tuple[Execution, Timer, float]) -> None:
        execution, timer, path_s = due
        self._tell(execution, (timer.slot, DUE, -1.0, path_s))

    def _written(self, both: tuple[Instance, Execution]) -> None:
        instance, execution = both
        instance.episodes -= 1
        execution.busy = False
        if execution.pending and execution.ended < 0:
            execution.busy = True
            self._got(execution)
        while instance.ready and instance.episodes < self._options.episodes:
            self._episode(instance, instance.ready.popleft())

    def _late(self, execution: Execution) -> None:
        self._tell(execution, (execution.program.deadline_slot, DUE, -1.0, execution.path_s))
