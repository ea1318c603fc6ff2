"""The interpreter of :mod:`core.workflow.model` inside a Durable orchestration.

Its generators yield the context's tasks and are resumed with their results. They decide everything from what
they are given, never from a clock, a random number or the environment, since Durable runs them again from the
start for every event. Retries are made here, by durable timers, rather than by the SDK's retry options: so an
activity learns which attempt it is, errors that no retry helps are not tried again, and the 1.x and 2.x SDKs
do the same.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

from core.job import Job, Problem, merge
from core.workflow.model import (
    Action,
    Catch,
    Choice,
    Claim,
    Fail,
    Notify,
    Parallel,
    Record,
    State,
    Step,
    Succeed,
    Task,
    Workflow,
)
from handlers.azure.branches import DeadlinePassed, before, side_by_side
from handlers.azure.context import Context

DUPLICATE = "duplicate"  # the state of a job that another execution holds, or has brought to another end
WORKER_LOST = "WorkerLost"  # an activity's worker died or timed out: worth another try wherever there are any
TIMED_OUT = "WorkflowTimedOut"

Flow = Generator[Any, Any, Job]


class Fault(Exception):
    """An error that an activity answered, or the end of a workflow that fails."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message


def orchestrate(workflow: Workflow, context: Context) -> Generator[Any, Any, dict[str, Any]]:
    """Run the workflow on the job document the orchestration was started with; return the finished document.

    Raises:
        Fault: The workflow ended in a ``Fail``, an error was not caught, or time ran out.
    """
    began = context.current_utc_datetime.replace(tzinfo=UTC).isoformat(timespec="milliseconds")
    job = replace(
        Job.from_document(context.get_input()),
        # An instance id can be started again after its first run ended; the uuid tells the runs apart.
        execution=f"{context.instance_id}/{context.new_uuid()}",
        accepted_at=began.replace("+00:00", "Z"),
    )
    limit = timedelta(seconds=workflow.timeout_seconds)
    deadline = context.create_timer(context.current_utc_datetime + limit)
    try:
        flow = _follow(workflow.states, workflow, job, context)
        done = yield from before(deadline, flow, context.task_any)
    except DeadlinePassed:
        fault = Fault(TIMED_OUT, f"The workflow took longer than {workflow.timeout_seconds} s.")
        if workflow.late is None:
            raise fault from None
        job = replace(job, error=Problem(fault.name, fault.message))
        done = yield from _follow(workflow.endings[workflow.late], workflow, job, context)
    return done.to_document()


def _follow(states: tuple[State, ...], workflow: Workflow, job: Job, context: Context) -> Flow:
    for state in states:
        ending: str | None = None
        match state:
            case Task() | Parallel():
                try:
                    job = yield from _run(state, job, context)
                except Fault as fault:
                    ending = _caught(state.catch, fault.name)
                    if ending is None:
                        raise
                    # The error goes onto the job that entered the state, as AWS's Catch does it.
                    job = replace(job, error=Problem(fault.name, fault.message))
                else:
                    ending = _duplicate(state, job)
            case Choice():
                ending = None if getattr(job, state.absent) is None else state.otherwise
            case Succeed():
                return job
            case Fail():
                raise Fault(state.error, state.cause)
        if ending is not None:
            return (yield from _follow(workflow.endings[ending], workflow, job, context))
    return job


def _caught(catches: tuple[Catch, ...], name: str) -> str | None:
    return next((each.then for each in catches if each.errors is None or name in each.errors), None)


def _duplicate(state: Task | Parallel, job: Job) -> str | None:
    if isinstance(state, Task) and isinstance(state.action, Claim | Record) and job.state == DUPLICATE:
        return state.action.duplicate
    return None


def _run(state: Task | Parallel, job: Job, context: Context) -> Flow:
    if isinstance(state, Task):
        return (yield from _try(state, job, context))
    jobs = yield from side_by_side(
        [_in_turn(branch, job, context) for branch in state.branches], context.task_any
    )
    return merge(jobs)


def _in_turn(tasks: tuple[Task, ...], job: Job, context: Context) -> Flow:
    for task in tasks:
        job = yield from _try(task, job, context)
    return job


def _try(task: Task, job: Job, context: Context) -> Flow:
    retry = task.retry
    waits = [retry.first_seconds * retry.factor**n for n in range(retry.more_tries)] if retry else []
    name, details = _activity(task.action)
    payload = {"job": job.to_document(), **details}
    attempt = 1
    while True:
        try:
            answer = yield context.call_activity(name, {**payload, "attempt": attempt})
        except Exception as error:
            # 1.x raises a bare Exception here and 2.x its own class.
            fault = Fault(WORKER_LOST, f"The worker of {name} was lost: {error}")
        else:
            if "ok" in answer:
                return Job.from_document(answer["ok"])
            fault = Fault(**answer["error"])
        if attempt > len(waits) or retry is None or fault.name not in (*retry.errors, WORKER_LOST):
            raise fault
        yield context.create_timer(context.current_utc_datetime + timedelta(seconds=waits[attempt - 1]))
        attempt += 1


def _activity(action: Action) -> tuple[str, dict[str, str]]:
    match action:
        case Step(name=name):
            return name, {}
        case Claim():
            return "claim", {}
        case Record(state=state):
            return "record", {"state": state}
        case Notify(topic=topic):
            return "notify", {"topic": topic}
