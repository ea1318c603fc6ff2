"""AWS Lambda: an environment for every concurrent call, cold starts, limits and billing.

Sources: Lambda Developer Guide, "Understanding Lambda function scaling" (1,000 environments more every 10 s
and function; account and reserved concurrency), "Configure memory" (one vCPU at 1,769 MB); AWS Compute Blog,
"AWS Lambda standardizes billing for INIT Phase".
"""

from __future__ import annotations

from math import ceil

from simulation.context import Context

MB_PER_CPU = 1769.0
SCALE_SECONDS = 10.0


class Function:
    """One function's environments; the idle ones wait as (since, number), the last used on top."""

    __slots__ = ("busy", "idle", "refilled", "room")

    def __init__(self, room: float) -> None:
        self.busy = 0
        self.idle: list[tuple[float, int]] = []
        self.room = room  # environments that may start now
        self.refilled = 0.0


class Lambda:
    """The functions of one account."""

    def __init__(self, context: Context, *, memory_mb: int, init: str, account: int, reserved: int) -> None:
        values, streams = context.values, context.streams
        self.share = min(1.0, memory_mb / MB_PER_CPU)
        self.slowdown = 1.0 / self.share
        self._gb = memory_mb / 1024.0
        self._totals = context.totals
        self._account = account
        self._reserved = reserved or account
        self._keep_s = values["aws.keep_alive_s"]
        self._step = values["aws.scale_environments"]
        self._place = streams.lognormal(
            "lambda.placement", values["aws.placement_s"], values["aws.placement_sigma"]
        )
        self._init = streams.lognormal("lambda.init", values[f"aws.{init}"], values["aws.init_sigma"])
        self._recycled = values["aws.recycled_share"]
        self._uniform = streams.uniform("lambda.recycled")
        self._functions: dict[str, Function] = {}
        self._number = 0
        self.busy = 0
        self.init_s = 0.0  # of the environment that started last

    def warm(self, name: str, count: int) -> None:
        """Begin with ``count`` idle environments of a function."""
        function = self._functions.setdefault(name, Function(self._step))
        for _ in range(count):
            self._number += 1
            function.idle.append((0.0, self._number))

    def acquire(self, name: str, now: float) -> tuple[int, bool] | None:
        """Return an environment for a call and whether it is new, or ``None`` if the call is throttled."""
        function = self._functions.get(name)
        if function is None:
            function = self._functions[name] = Function(self._step)
        if self.busy >= self._account or function.busy >= self._reserved:
            self._totals.throttled += 1
            return None
        if function.idle:
            since, number = function.idle.pop()
            if now - since <= self._keep_s and self._uniform() >= self._recycled:
                self._take(function)
                return number, False
            if now - since > self._keep_s:
                function.idle.clear()  # those below waited even longer
        function.room = min(
            self._step, function.room + (now - function.refilled) * self._step / SCALE_SECONDS
        )
        function.refilled = now
        if function.room < 1:
            self._totals.throttled += 1
            return None
        function.room -= 1
        self._number += 1
        self._take(function)
        self.init_s = self._init()
        return self._number, True

    def _take(self, function: Function) -> None:
        function.busy += 1
        self.busy += 1
        if self.busy > self._totals.instances:
            self._totals.instances = self.busy

    def placement_s(self) -> float:
        """Return how long a new environment takes before its INIT."""
        return self._place()

    def release(self, name: str, number: int, now: float, billed_s: float, memory_mb: int = 0) -> None:
        """Return the environment, and bill its call, rounded up to a millisecond.

        The function has ``memory_mb``, or as much as the steps.
        """
        gb = memory_mb / 1024.0 or self._gb
        function = self._functions[name]
        function.busy -= 1
        self.busy -= 1
        function.idle.append((now, number))
        self._totals.executions += 1
        self._totals.gb_seconds += ceil(billed_s * 1000.0) * gb / 1000.0
