"""A Lambda durable execution as a host of the interpreter.

The SDK's calls return when they are done, or end the Lambda call, which is repeated from the start when there
is more to do. So a task here is a description, and work begins when the interpreter yields it: of several
calls that are waited for together, all run side by side until the last has ended. That is one moment for the
interpreter, as in a Parallel state whose branches have one task each.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from aws_durable_execution_sdk_python import (
    CallbackError,
    DurableContext,
    DurableOperationError,
    InvokeError,
)
from aws_durable_execution_sdk_python.config import (
    CallbackConfig,
    Duration,
    NestingType,
    ParallelConfig,
    StepConfig,
    StepSemantics,
)
from aws_durable_execution_sdk_python.retries import RetryDecision

from core.errors import MESSAGE_CHARACTERS, SettingsError
from core.workflow.activities import Activity, Payload
from core.workflow.model import Workflow
from core.workflow.retries import THROTTLED
from handlers.aws.durable_tasks import Call, Event, First, Task, Wait, leaves, result

# What Lambda says of a call that it could not start, or of a worker that died: the Lambda developer guide,
# "Handling errors in durable functions", and the names that Step Functions has for the same.
BUSY = frozenset({"TooManyRequestsException", "Lambda.TooManyRequestsException"})
LOST = frozenset(
    {
        "Lambda.ServiceException",
        "Lambda.Unknown",
        "Runtime.ExitError",
        "Sandbox.Timedout",
        "ServiceException",
        "Unhandled",
    }
)
# A step whose worker died is not run again behind the interpreter's back, whose tables decide about retries.
ONCE = StepConfig(
    retry_strategy=lambda error, attempt: RetryDecision.no_retry(),
    step_semantics=StepSemantics.AT_MOST_ONCE_PER_RETRY,
)
# The branches have no operations of their own, which would be billed.
SIDE_BY_SIDE = ParallelConfig(nesting_type=NestingType.FLAT)


class Lost(Exception):
    """The worker of an activity was lost."""


class DurableHost:
    """See :class:`core.workflow.host.Host`.

    Args:
        context: The SDK's context of the execution.
        document: The job document that the execution was started with.
        started: When the execution began, in UTC.
        activities: What runs in this process, by name.
        functions: The ARNs of the functions that run the other activities.
        remember: Keeps a callback's id for whoever sends the event; returns ``False`` if it has come before.
    """

    def __init__(
        self,
        context: DurableContext,
        document: Mapping[str, Any],
        started: datetime,
        activities: Mapping[str, Activity],
        functions: Mapping[str, str],
        remember: Callable[[str], bool],
    ) -> None:
        self._context = context
        self._document = document
        self._clock = started
        self._activities = activities
        self._functions = functions
        self._remember = remember
        self.execution = str(context.execution_context.durable_execution_arn)
        self._random = random.Random(self.execution)  # noqa: S311 - to be repeated, not to be secret

    def run(self, flow: Generator[Any, Any, dict[str, Any]]) -> dict[str, Any]:
        """Resume the interpreter with the results of its tasks until it ends."""
        try:
            task = next(flow)
            while True:
                self._await(task)
                if isinstance(task, Call) and task.error:
                    task = flow.throw(Lost(task.error))
                else:
                    task = flow.send(result(task))
        except StopIteration as done:
            finished: dict[str, Any] = done.value
            return finished

    def input(self) -> Mapping[str, Any]:
        """Return the job document that the execution was started with."""
        return self._document

    def now(self) -> datetime:
        """Return the time up to which the execution is known to have got."""
        return self._clock

    def random(self) -> float:
        """Return the next number that follows from the execution's id."""
        return self._random.random()

    def call(self, activity: str, payload: Payload) -> Call:
        """Return the task of running an activity, as a step or in a function of its own."""
        return Call(activity, payload)

    def done(self, step: str) -> None:
        """Note nothing: a durable function has no status that others can read."""

    def wait_until(self, moment: datetime) -> Wait:
        """Return the task of waiting until a moment."""
        return Wait(moment)

    def event(self, name: str) -> Event:
        """Return the task of waiting for a callback."""
        return Event(name)

    def child(self, workflow: Workflow, document: Mapping[str, Any], number: int) -> Task:
        """Refuse: on AWS, a state machine runs batches under every orchestrator."""
        raise SettingsError(f"A Lambda durable function does not run the items of {self.execution}.")

    def restart(self, document: Mapping[str, Any]) -> None:
        """Refuse, as :meth:`child`."""
        raise SettingsError(f"A Lambda durable function does not run the pages of {self.execution}.")

    def first(self, tasks: Sequence[Task]) -> First:
        """Return the task of waiting for the first of several; of two at once, the one named first."""
        return First(tasks)

    def _await(self, task: Task) -> None:
        waited = list(leaves(task))
        if calls := [each for each in waited if isinstance(each, Call) and each.done_at is None]:
            self._run(calls)
            return
        ends = [each.done_at for each in waited if each.done_at is not None]
        if events := [each for each in waited if isinstance(each, Event) and each.done_at is None]:
            self._hear(events[0], min(ends))
        elif (seconds := math.ceil((min(ends) - self._clock).total_seconds())) > 0:
            self._context.wait(Duration.from_seconds(seconds))
            self._clock = min(ends)

    def _run(self, calls: Sequence[Call]) -> None:
        if len(calls) == 1:
            answers = [self._answer(self._context, calls[0])]
        else:
            branches = [lambda context, call=each: self._answer(context, call) for each in calls]
            answers = self._context.parallel(branches, config=SIDE_BY_SIDE).get_results()
        self._clock = max(
            [self._clock, *(datetime.fromisoformat(each["at"]) for each in answers if "at" in each)]
        )
        for call, answer in zip(calls, answers, strict=True):
            call.done_at, call.error = self._clock, answer.get("lost", "")
            call.answer = {name: value for name, value in answer.items() if name in ("ok", "error")}

    def _answer(self, context: DurableContext, call: Call) -> dict[str, Any]:
        """Return the activity's answer, with the moment at which it came, or why it was ``lost``."""
        if arn := self._functions.get(call.activity):
            try:
                return {"ok": context.invoke(arn, dict(call.payload), call.activity)}
            except InvokeError as error:
                return _fault(error)
        work = self._activities[call.activity]

        def step(_: object) -> dict[str, Any]:
            return {**work(call.payload), "at": datetime.now(self._clock.tzinfo).isoformat()}

        try:
            answered: dict[str, Any] = context.step(step, call.activity, ONCE)
        except DurableOperationError as error:
            return {"lost": _text(error)}
        return answered

    def _hear(self, event: Event, until: datetime) -> None:
        """Wait for the event until a moment; an event that came before the wait is one, too."""
        seconds = max(1, math.ceil((until - self._clock).total_seconds()))
        waiting = CallbackConfig(timeout=Duration.from_seconds(seconds))
        callback = self._context.create_callback(event.name, waiting)
        if self._context.step(lambda _: self._remember(callback.callback_id), f"remember_{event.name}"):
            try:
                callback.result()
            except CallbackError:
                self._clock = until
                return
        event.done_at = min(self._clock, until - timedelta(microseconds=1))


def _fault(error: InvokeError) -> dict[str, Any]:
    """Return what the interpreter is told of a function that failed: the name decides about retries."""
    kind = error.error_type or ""
    if _is_one_of(BUSY, kind):
        return {"error": {"name": THROTTLED, "message": _text(error)}}
    if not kind or _is_one_of(LOST, kind):
        return {"lost": _text(error)}
    return {"error": {"name": kind.rpartition(".")[2], "message": _text(error)}}


def _is_one_of(names: frozenset[str], kind: str) -> bool:
    """Return whether an error is of one of these names; the SDK may put a module in front of it."""
    return any(kind == name or kind.endswith(f".{name}") for name in names)


def _text(error: DurableOperationError) -> str:
    return (error.message or "The platform gave no reason.")[:MESSAGE_CHARACTERS]
