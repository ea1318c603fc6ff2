"""The interpreter of :mod:`core.workflow.model`, on any :class:`~core.workflow.host.Host`.

Its generators yield the host's tasks and are resumed with their results. They depend only on values from the
host, never on a clock, a random number or the environment, so that a durable host can replay them from the
start. Retries are made here, with timers, and the same tables have the same meaning as in Step Functions: an
activity receives the number of its attempt, and an error that no table lists is not retried.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, assert_never

from core.job import Job, Problem, merge
from core.review.decisions import APPROVED, REFUSED
from core.trace import stamp
from core.workflow.calls import Fault, Flow, answered, call
from core.workflow.concurrency import Deadline, DeadlinePassed, before, each_item, side_by_side
from core.workflow.host import Host
from core.workflow.model import (
    DUPLICATE,
    TOO_MANY_FAILED,
    Approval,
    Catch,
    Choice,
    Claim,
    Defer,
    Fail,
    Map,
    NameFilter,
    Notify,
    Parallel,
    Record,
    State,
    Step,
    Succeed,
    Summarize,
    Task,
    Workflow,
)

TIMED_OUT = "WorkflowTimedOut"
DECIDED = "decided"  # the event that a person has decided
EXCEEDED = "The specified tolerated failure threshold was exceeded"  # as Step Functions says it


class Continued(Exception):
    """The execution continues as a new one without this one's history, with this job."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.job = job


def interpret(workflow: Workflow, host: Host) -> Generator[Any, Any, dict[str, Any]]:
    """Run the workflow on the host's job document and return the finished document.

    Raises:
        Fault: The workflow ended in a ``Fail``, an error was not caught, or time ran out.
    """
    job, states = Job.from_document(host.input()), workflow.states
    if job.batch and job.batch.begun:
        states = states[next(at for at, state in enumerate(states) if isinstance(state, Map)) :]
    else:
        job = replace(job, execution=host.execution, accepted_at=stamp(host.now()))
    deadline = Deadline(host, workflow.timeout_seconds)
    try:
        done = yield from before(deadline, _follow(states, workflow, job, host, deadline), host)
    except Continued as continued:
        document = continued.job.to_document()
        host.restart(document)
        return document
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
            case Task() | Parallel() | Approval() | Map():
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


def _diverted(state: Task | Parallel | Approval | Map, job: Job) -> str | None:
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


def _run(state: Task | Parallel | Approval | Map, job: Job, host: Host, deadline: Deadline) -> Flow:
    if isinstance(state, Task):
        return (yield from _attempt(state, job, host))
    if isinstance(state, Approval):
        return (yield from _decided(state, job, host, deadline))
    if isinstance(state, Map):
        return (yield from _mapped(state, job, host))
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
    asked = yield from call("ask", {"seconds": approval.timeout_seconds}, job, approval.retry, host)
    if asked.review is None:
        return asked
    deadline.stop()
    event, end = host.event(DECIDED), host.wait_until(datetime.fromisoformat(asked.review.deadline))
    if (yield host.first([event, end])) is event:
        end.cancel()
    settled = yield from call("settle", {}, asked, approval.retry, host)
    deadline.start()  # a host may not know before what time it is
    return settled


def _mapped(state: Map, job: Job, host: Host) -> Flow:
    """Run the workflow for the next page of items; then continue as a new execution unless it was the last.

    An execution replays its history with every event, so the history of one that runs all items would cost
    the square of their number.
    """
    if job.batch is None:
        raise ValueError(f"The job {job.id} has no items for the state {state.name!r}.")
    answer = yield from answered("items", {}, job, state.retry, host)
    begun, documents = job.batch.begun, answer["items"]
    numbers = range(begun, begun + len(documents))
    batch = yield from each_item(
        lambda number: host.child(state.workflow, documents[number - begun], number), numbers, job.batch, host
    )
    batch = replace(batch, begun=numbers.stop)
    if batch.stops:
        raise Fault(TOO_MANY_FAILED, EXCEEDED)
    if batch.begun < batch.items:
        raise Continued(replace(job, batch=batch))
    return replace(job, batch=replace(batch, begun=0, failed=0))


def _attempt(task: Task, job: Job, host: Host) -> Flow:
    if isinstance(task.action, Summarize):
        return (yield from _summarized(task, job, host))
    name, details = _activity(task.action)
    job = yield from call(name, details, job, task.retry, host)
    if isinstance(task.action, Step):
        host.done(name)
    return job


def _summarized(task: Task, job: Job, host: Host) -> Flow:
    """Summarize a batch in as many calls as it takes: the time of one is that of any activity."""
    made: Sequence[Any] = ()
    while True:
        answer = yield from answered("summarize", {"parts": list(made)}, job, task.retry, host)
        if "parts" not in answer:
            return Job.from_document(answer)
        made = answer["parts"]


def _activity(action: Step | Claim | Record | Notify | Defer) -> tuple[str, dict[str, str]]:
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
