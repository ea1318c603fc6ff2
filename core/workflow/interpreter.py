"""The interpreter of :mod:`core.workflow.model`, on any :class:`~core.workflow.host.Host`.

Its generators yield the host's tasks and are resumed with their results. They depend only on values from the
host, never on a clock, a random number or the environment, so that a durable host can replay them from the
start. Retries are made here, with timers, and the same tables have the same meaning as in Step Functions: an
activity receives the number of its attempt, and an error that no table lists is not retried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, assert_never

from core.job import Job, Problem, merge
from core.review.decisions import APPROVED, REFUSED
from core.trace import stamp
from core.workflow.concurrency import Deadline, DeadlinePassed, before, side_by_side
from core.workflow.host import Host
from core.workflow.model import (
    DUPLICATE,
    TRANSIENT,
    Action,
    Approval,
    Catch,
    Choice,
    Claim,
    Defer,
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
DECIDED = "decided"  # the event that a person has decided

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
    deadline = Deadline(host, workflow.timeout_seconds)
    try:
        done = yield from before(deadline, _follow(workflow.states, workflow, job, host, deadline), host)
    except DeadlinePassed:
        fault = Fault(TIMED_OUT, f"The workflow took longer than {workflow.timeout_seconds} s.")
        if workflow.late is None:
            raise fault from None
        job = replace(job, error=Problem(fault.name, fault.message))
        done = yield from _follow(workflow.endings[workflow.late], workflow, job, host, deadline)
    return done.to_document()


def _follow(states: tuple[State, ...], workflow: Workflow, job: Job, host: Host, deadline: Deadline) -> Flow:
    for state in states:
        ending: str | None = None
        match state:
            case Task() | Parallel() | Approval():
                try:
                    job = yield from _run(state, job, host, deadline)
                except Fault as fault:
                    ending = _caught(state.catch, fault.name)
                    if ending is None:
                        raise
                    # The error is added to the job that entered the state, as in a Catch of Step Functions.
                    job = replace(job, error=Problem(fault.name, fault.message))
                else:
                    ending = _diverted(state, job)
                if isinstance(state, Task) and isinstance(state.action, Record):
                    deadline.stop()  # the end stands, and has to be notified of however long it takes
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
            return (yield from _follow(workflow.endings[ending], workflow, job, host, deadline))
    return job


def _caught(catches: tuple[Catch, ...], name: str) -> str | None:
    return next((each.then for each in catches if each.errors is None or name in each.errors), None)


def _diverted(state: Task | Parallel | Approval, job: Job) -> str | None:
    """Return the ending that what the ledger said of the job leads to, if it does not go on."""
    match state:
        case Task(action=Claim(duplicate=ending) | Record(duplicate=ending) | Defer(duplicate=ending)) if (
            job.state == DUPLICATE
        ):
            return ending
        case Approval(duplicate=ending) if job.state == DUPLICATE:
            return ending
        case Approval() if job.review is not None and job.review.decision != APPROVED:
            return state.refused if job.review.decision == REFUSED else state.expired
        case _:
            return None


def _run(state: Task | Parallel | Approval, job: Job, host: Host, deadline: Deadline) -> Flow:
    if isinstance(state, Task):
        return (yield from _attempt(state, job, host))
    if isinstance(state, Approval):
        return (yield from _decided(state, job, host, deadline))
    jobs = yield from side_by_side([_in_turn(branch, job, host) for branch in state.branches], host)
    return merge(jobs)


def _in_turn(tasks: tuple[Task, ...], job: Job, host: Host) -> Flow:
    for task in tasks:
        job = yield from _attempt(task, job, host)
    return job


def _decided(approval: Approval, job: Job, host: Host, deadline: Deadline) -> Flow:
    """Ask a person about a job with flags, wait, and return the job with what the ledger has."""
    if not job.flags:
        return job
    asked = yield from _call("ask", {"seconds": approval.timeout_seconds}, job, approval.retry, host)
    if asked.review is None:
        return asked
    deadline.stop()
    event, end = host.event(DECIDED), host.wait_until(datetime.fromisoformat(asked.review.deadline))
    if (yield host.first([event, end])) is event:
        end.cancel()
    deadline.start()
    return (yield from _call("settle", {}, asked, approval.retry, host))


def _attempt(task: Task, job: Job, host: Host) -> Flow:
    name, details = _activity(task.action)
    return (yield from _call(name, details, job, task.retry, host))


def _call(name: str, details: Mapping[str, Any], job: Job, tables: tuple[Retry, ...], host: Host) -> Flow:
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
        table = table_for(listed, tables)
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
        case Defer():
            return "defer", {}
        case _:
            assert_never(action)
