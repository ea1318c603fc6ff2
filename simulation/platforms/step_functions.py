"""AWS Step Functions: the latency of a hop, throttled calls that meet the retry tables, transitions.

A hop has a part that the branches of a fan-out share (the transition) and a part of each call's own (its
dispatch). Standard is calibrated on published measurements. Express has none and is an extrapolation, and so
is a durable function in the place of a state machine, which runs the interpreter.
"""

from __future__ import annotations

from core.workflow import retries
from simulation.context import Context
from simulation.execution import Execution, Task
from simulation.kernel import Action
from simulation.platforms.aws_lambda import Lambda
from simulation.platforms.deadlines import Deadlines
from simulation.program import DUE, ITEM, OK, Call, Node, Timer
from simulation.replay import LOST

THROTTLED = "Lambda.TooManyRequestsException"
OWN = ("claim", "record", "notify")  # what a durable function does itself, between its steps
KIB = 1024.0


class StepFunctions:
    """The executions of one state machine."""

    def __init__(
        self,
        context: Context,
        functions: Lambda,
        *,
        flavour: str,
        payload_bytes: int,
    ) -> None:
        kernel, values, streams = context.kernel, context.values, context.streams
        self._kernel, self._totals, self._work, self._item = (
            kernel,
            context.totals,
            context.work,
            context.item,
        )
        self._lambda = functions
        part = f"aws.{flavour}"
        sigma = values[f"{part}_sigma"]
        scale = values["aws.hop_discrepancy"]
        over = max(0.0, payload_bytes / KIB - values["aws.payload_free_kib"])
        payload = over * values["aws.payload_s_per_kib"]
        if over:
            payload += values["aws.payload_first_s"]
        transition = values[f"{part}_transition_s"] * scale + payload
        tail = values["aws.tail_share"], values["aws.tail_s"]
        self._transition = streams.lognormal("step_functions.transition", transition, sigma, *tail)
        self._dispatch = streams.lognormal(
            "step_functions.dispatch", values[f"{part}_dispatch_s"] * scale, sigma
        )
        self._service = streams.lognormal("step_functions.service", values["stores.service_s"], 0.3)
        self._uniform = streams.uniform("step_functions.jitter")
        self._refusal_s = values["aws.throttle_s"]
        self._deadlines = Deadlines(kernel, self._late)
        self._bills_transitions = flavour == "standard"
        self._durable = flavour == "durable"
        self._refusal = retries.THROTTLED if self._durable else THROTTLED

    def start(self, execution: Execution) -> None:
        """Start an execution now."""
        execution.accepted = self._kernel.now
        self._deadlines.add(execution)
        self._enter(execution, execution.node, -1.0, 0.0)

    def _enter(self, execution: Execution, node: Node, cause: float, path_s: float) -> None:
        kernel, totals = self._kernel, self._totals
        now = kernel.now
        execution.node = node
        if self._bills_transitions or node.standard:
            totals.transitions += node.entered + len(node.timers)  # a retry is a transition, too
        if node.calls:
            shared = now + self._transition()
            for call in node.calls:
                task = Task(execution, call, cause, path_s)
                kernel.at(shared + self._dispatch(), self._way(call), task)
        for timer in node.timers:
            wait = timer.seconds * self._uniform() if timer.jitter else timer.seconds
            execution.retries += 1
            kernel.at(now + wait, self._due, (execution, timer, path_s))
        if node.state is not None:
            self._end(execution, node.state, OK if not node.failed else LOST)

    def _way(self, call: Call) -> Action:
        """Return how a call is made: as an execution of its own, by a service, or by a function."""
        if call.activity == ITEM:
            return self._run
        served = call.function is None or (self._durable and call.activity in OWN)
        return self._serve if served else self._call

    def _end(self, execution: Execution, state: str, outcome: str) -> None:
        self._totals.end(execution, self._kernel.now, state)
        if execution.parent is not None:
            self._done(execution.parent, outcome)

    def _due(self, due: tuple[Execution, Timer, float]) -> None:
        execution, timer, path_s = due
        if execution.ended < 0:
            node = self._next(execution, timer.slot, DUE)
            self._enter(execution, node, -1.0, path_s)

    def _next(self, execution: Execution, slot: int, outcome: str) -> Node:
        node = execution.node
        return node.after.get((slot, outcome)) or execution.program.next(node, slot, outcome)

    def _run(self, task: Task) -> None:
        """Start an item of a batch."""
        task.started = self._kernel.now
        self.start(self._item(task))

    def _call(self, task: Task) -> None:
        """Invoke a function."""
        now, execution, call = self._kernel.now, task.execution, task.call
        if execution.ended >= 0:
            return
        function = call.function or ""
        taken = self._lambda.acquire(function, now)
        if taken is None:
            self._kernel.at(now + self._refusal_s, self._refused, task)
            return
        task.environment, task.cold = taken
        work = self._work
        cpu = work.cpu_s(call.activity, execution)
        started, billed = now, 0.0
        if task.cold:
            billed = self._lambda.init_s
            started += self._lambda.placement_s() + billed
            cpu += work.first_call_cpu_s
        lasts = cpu * self._lambda.slowdown + work.wait_s(call.activity, execution)
        task.started, task.work = started, billed + lasts
        self._kernel.at(started + lasts, self._returned, task)

    def _refused(self, task: Task) -> None:
        if task.execution.ended < 0:
            node = self._next(task.execution, task.call.slot, self._refusal)
            self._enter(task.execution, node, -1.0, task.path_s)

    def _serve(self, task: Task) -> None:
        """Call a service that Step Functions is integrated with."""
        task.started = now = self._kernel.now
        self._kernel.at(now + self._service(), self._done, task)

    def _returned(self, task: Task) -> None:
        self._lambda.release(task.call.function or "", task.environment, self._kernel.now, task.work)
        self._done(task)

    def _done(self, task: Task, outcome: str = OK) -> None:
        execution, now = task.execution, self._kernel.now
        path_s = self._totals.finish(task, now)
        if execution.ended < 0:
            self._enter(execution, self._next(execution, task.call.slot, outcome), now, path_s)

    def _late(self, execution: Execution) -> None:
        if not execution.node.standard:
            self._end(execution, "failed", LOST)
