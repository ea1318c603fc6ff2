"""The interpreter of :mod:`core.workflow.model`, on any :class:`~core.workflow.host.Host`.

Its generators yield the host's tasks and are resumed with their results. They depend only on values from the
host, never on a clock, a random number or the environment, so that a durable host can replay them from the
start. Retries are made here, with timers, and the same tables have the same meaning as in Step Functions: an
activity receives the number of its attempt, and an error that no table lists is not retried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from typing import Any, assert_never

from core.job import Job, Problem, merge
from core.trace import stamp
from core.workflow.concurrency import DeadlinePassed, before, side_by_side
from core.workflow.host import Host
from core.workflow.model import (
    DUPLICATE,
    TRANSIENT,
    Action,
    Catch,
    Choice,
    Claim,
    Fail,
    NameFilter,
    Notify,
    Parallel,
    Record,
    Retry,
    State,
    Step,
    Succeed,
    Task,
    Workflow,
    table_for,
)

WORKER_LOST = "WorkerLost"  # an activity's worker died or timed out
TIMED_OUT = "WorkflowTimedOut"

Flow = Generator[Any, Any, Job]


class Fault(Exception):
    """An error that an activity returned, or the failure of a workflow."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message


def interpret(workflow: Workflow, host: Host) -> Generator[Any, Any, dict[str, Any]]:
    """Run the workflow on the host's job document and return the finished document.

    Raises:
        Fault: The workflow ended in a ``Fail``, an error was not caught, or time ran out.
    """
    job = replace(
        Job.from_document(host.input()),
        execution=host.execution,
        accepted_at=stamp(host.now()),
    )
    deadline = host.wait_until(host.now() + timedelta(seconds=workflow.timeout_seconds))
    try:
        done = yield from before(deadline, _follow(workflow.states, workflow, job, host), host)
    except DeadlinePassed:
        fault = Fault(TIMED_OUT, f"The workflow took longer than {workflow.timeout_seconds} s.")
        if workflow.late is None:
            raise fault from None
        job = replace(job, error=Problem(fault.name, fault.message))
        done = yield from _follow(workflow.endings[workflow.late], workflow, job, host)
    return done.to_document()


def _follow(states: tuple[State, ...], workflow: Workflow, job: Job, host: Host) -> Flow:
    for state in states:
        ending: str | None = None
        match state:
            case Task() | Parallel():
                try:
                    job = yield from _run(state, job, host)
                except Fault as fault:
                    ending = _caught(state.catch, fault.name)
                    if ending is None:
                        raise
                    # The error is added to the job that entered the state, as in a Catch of Step Functions.
                    job = replace(job, error=Problem(fault.name, fault.message))
                else:
                    ending = _duplicate(state, job)
            case NameFilter():
                taken = job.source.key.lower().endswith(state.suffixes)
                ending = None if taken else state.otherwise
            case Choice():
                ending = None if getattr(job, state.absent) is None else state.otherwise
            case Succeed():
                return job
            case Fail():
                raise Fault(state.error, state.cause)
            case _:
                assert_never(state)
        if ending is not None:
            return (yield from _follow(workflow.endings[ending], workflow, job, host))
    return job


def _caught(catches: tuple[Catch, ...], name: str) -> str | None:
    return next((each.then for each in catches if each.errors is None or name in each.errors), None)


def _duplicate(state: Task | Parallel, job: Job) -> str | None:
    match state:
        case Task(action=Claim(duplicate=ending) | Record(duplicate=ending)) if job.state == DUPLICATE:
            return ending
        case _:
            return None


def _run(state: Task | Parallel, job: Job, host: Host) -> Flow:
    if isinstance(state, Task):
        return (yield from _attempt(state, job, host))
    jobs = yield from side_by_side([_in_turn(branch, job, host) for branch in state.branches], host)
    return merge(jobs)


def _in_turn(tasks: tuple[Task, ...], job: Job, host: Host) -> Flow:
    for task in tasks:
        job = yield from _attempt(task, job, host)
    return job


def _attempt(task: Task, job: Job, host: Host) -> Flow:
    name, details = _activity(task.action)
    payload = {"job": job.to_document(), **details}
    retries: Counter[Retry] = Counter()
    while True:
        try:
            answer = yield host.call(name, {**payload, "attempt": retries.total() + 1})
        except Exception as error:
            # Any class: Durable 1.x raises a bare Exception here and 2.x its own.
            fault, listed = Fault(WORKER_LOST, f"The worker of {name} was lost: {error}"), TRANSIENT
        else:
            if "ok" in answer:
                return Job.from_document(answer["ok"])
            fault = Fault(**answer["error"])
            listed = fault.name
        table = table_for(listed, task.retry)
        if table is None or retries[table] == table.max_attempts:
            raise fault
        wait = table.wait(retries[table])
        retries[table] += 1
        seconds = wait * host.random() if table.jitter == "full" else wait
        yield host.wait_until(host.now() + timedelta(seconds=seconds))


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
        case _:
            assert_never(action)
