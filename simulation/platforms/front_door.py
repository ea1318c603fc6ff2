"""The front door before the workflow: it lets photos in, one call each, which a client repeats if refused.

On AWS an HTTP API throttles calls, and a function of the account answers them; on Azure instances of their
own do, since HTTP functions scale apart from the others. Calls that follow a job are counted and hold nothing
up: few may wait at once, and who may not asks again later.

Sources: API Gateway, "Throttle requests to your HTTP APIs" (a token bucket); Microsoft Learn, "Azure
Functions Flex Consumption plan" (per-function scaling, HTTP concurrency).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from math import ceil

from simulation.context import Context
from simulation.execution import Execution
from simulation.platforms.aws_lambda import MB_PER_CPU, Lambda

# As they are deployed; a test compares the numbers.
RATE, BURST = 50.0, 200.0
LAMBDA_MB = 256
CONCURRENCY = 16
LONGEST_PAUSE_S = 16.0
FUNCTION = "door"
SIGMA = 0.4

type Enter = Callable[[Execution], None]


class _Door(ABC):
    """What both clouds' front doors share: a client that asks again, and what calls are billed."""

    def __init__(self, context: Context, overhead: str, enter: Enter) -> None:
        values, streams = context.values, context.streams
        self._kernel, self._totals, self._enter = context.kernel, context.totals, enter
        self._overhead = streams.lognormal("door.overhead", values[f"door.{overhead}"], SIGMA)
        self._work = streams.lognormal("door.ask", values["door.ask_s"], SIGMA)
        self._uniform = streams.uniform("door.pause")
        self._follow = round(values["door.follow_calls"])

    def ask(self, execution: Execution) -> None:
        """Let a client ask for an upload, now; what ``enter`` was given happens when it is let in."""
        self._try((execution, 0))

    @abstractmethod
    def _try(self, asked: tuple[Execution, int]) -> None:
        """Let the client in if that is possible now; it has been refused so many times."""

    def _refused(self, asked: tuple[Execution, int]) -> None:
        execution, attempt = asked
        self._totals.throttled += 1
        pause = min(LONGEST_PAUSE_S, 2.0**attempt) * (0.5 + self._uniform() / 2)
        self._kernel.at(self._kernel.now + pause, self._try, (execution, min(attempt + 1, 10)))

    def _let_in(self, execution: Execution) -> None:
        self._totals.asked.append(self._kernel.now - execution.arrived)
        self._totals.executions += self._follow
        execution.calls = 1 + self._follow
        self._enter(execution)


class AwsFrontDoor(_Door):
    """An HTTP API with a function of the account."""

    def __init__(self, context: Context, functions: Lambda, enter: Enter) -> None:
        super().__init__(context, "gateway_s", enter)
        self._lambda = functions
        self._tokens, self._filled = BURST, 0.0
        self._slowdown = MB_PER_CPU / LAMBDA_MB
        self._first_cpu_s = context.values["aws.first_call_cpu_s"]

    def _try(self, asked: tuple[Execution, int]) -> None:
        now = self._kernel.now
        self._tokens = min(BURST, self._tokens + (now - self._filled) * RATE)
        self._filled = now
        taken = self._lambda.acquire(FUNCTION, now) if self._tokens >= 1 else None
        if taken is None:
            self._refused(asked)
            return
        self._tokens -= 1
        number, cold = taken
        started, billed = now + self._overhead(), self._work()
        if cold:
            started += self._lambda.placement_s()
            billed += self._lambda.init_s + self._first_cpu_s * self._slowdown
        self._kernel.at(started + billed, self._answered, (asked[0], number, billed))

    def _answered(self, call: tuple[Execution, int, float]) -> None:
        execution, number, billed = call
        self._lambda.release(FUNCTION, number, self._kernel.now, billed, LAMBDA_MB)
        self._let_in(execution)


class AzureFrontDoor(_Door):
    """Instances that run the app's HTTP functions, and nothing else."""

    def __init__(self, context: Context, memory_mb: int, most: int, enter: Enter, *, cold: bool) -> None:
        super().__init__(context, "router_s", enter)
        self._gb, self._most = memory_mb / 1024.0, most
        self._new_s = context.values["door.new_instance_s"]
        self._instances: list[_HttpInstance] = [] if cold else [_HttpInstance(0.0)]

    def _try(self, asked: tuple[Execution, int]) -> None:
        now = self._kernel.now
        instance = next((each for each in self._instances if each.busy < CONCURRENCY), None)
        if instance is None:
            if len(self._instances) >= self._most:
                self._refused(asked)
                return
            instance = _HttpInstance(now + self._new_s)
            self._instances.append(instance)
        instance.busy += 1
        began = max(now + self._overhead(), instance.ready)
        self._kernel.at(began + self._work(), self._answered, (asked[0], instance, began))

    def _answered(self, call: tuple[Execution, _HttpInstance, float]) -> None:
        execution, instance, began = call
        now = self._kernel.now
        instance.busy -= 1
        # A period of a second at least, then in tenths; what starts within it belongs to it.
        until = max(began + 1.0, ceil(now * 10) / 10)
        self._totals.gb_seconds += max(0.0, until - max(began, instance.active)) * self._gb
        instance.active = max(instance.active, until)
        self._totals.executions += 1
        self._let_in(execution)


class _HttpInstance:
    """An instance: when it was ready, the calls it answers now, and until when it is billed."""

    __slots__ = ("active", "busy", "ready")

    def __init__(self, ready: float) -> None:
        self.ready = ready
        self.busy = 0
        self.active = 0.0
