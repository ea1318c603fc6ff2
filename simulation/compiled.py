"""Walk a compiled state machine: the semantics of Amazon States Language, on the interpreter's host protocol.

The definition is the one that is deployed. Its JSONata is not evaluated: conditions and tasks are recognized
by the text that the compiler writes for them, and a text that is not recognized is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Mapping
from functools import cache
from typing import Any

from components.aws.state_machine.compiler import compile_workflow
from components.aws.state_machine.distributed_map import CONCURRENCY, TOLERATED
from components.aws.state_machine.expressions import FLAGGED, decided, embed, named, present
from components.aws.state_machine.hand_over import hand_over_when_busy
from components.aws.state_machine.integrations import AWAIT, INVOKE, PUBLISH, PUT_ITEM, START, UPDATE_ITEM
from components.aws.state_machine.ledger import REFUSED as NOT_WRITTEN
from components.aws.state_machine.references import Definition
from core.deployment.limits import GIVEN_UP
from core.job import Batch
from core.ledger import RELEASED
from core.review.decisions import APPROVED, REFUSED
from core.workflow.calls import Fault
from core.workflow.concurrency import each_item, side_by_side
from core.workflow.interpreter import DECIDED, EXCEEDED
from core.workflow.model import DUPLICATE, TOO_MANY_FAILED, Approval, Choice, NameFilter, Workflow
from simulation.errors import SimulationError
from simulation.remembered import Remembered
from simulation.replay import Flow
from simulation.replay_host import ReplayHost

type Document = dict[str, Any]
type Condition = Callable[[Document], bool]
type Walk = Generator[Any, Any, Document]

EVERY = "States.ALL"
EXPRESS_SECONDS = 300  # Step Functions quotas: an Express execution ends after five minutes
EXPRESS = "express"
HANDED_OVER = "hand_over"
READ_ITEMS = "items"
STEP_SECONDS = 30


def flow(workflow: Workflow) -> Flow:
    """Return what a standard execution of the workflow does."""
    machine, known = compile_workflow(workflow, STEP_SECONDS), conditions(workflow)
    return lambda host: walk(machine, known, host)


@cache
def program(workflow: Workflow, flavour: str) -> Remembered:
    """Return the program of the workflow's state machine."""
    if flavour != EXPRESS:
        return Remembered(flow(workflow), GIVEN_UP.total_seconds())
    standard, known = compile_workflow(workflow, STEP_SECONDS), conditions(workflow)
    express = hand_over_when_busy(standard, duplicate=workflow.endings["duplicate"][0].name)
    return Remembered(lambda host: _walk_both(express, standard, known, host), EXPRESS_SECONDS)


def conditions(workflow: Workflow) -> dict[str, Condition]:
    """Return what the conditions of the workflow's compiled choices mean, by their text."""
    found: dict[str, Condition] = {}
    for state in workflow.all_states():
        if isinstance(state, NameFilter):
            found[embed(named(state.suffixes))] = _named(state.suffixes)
        elif isinstance(state, Choice):
            found[embed(present(state.absent))] = _present(state.absent)
        elif isinstance(state, Approval):
            found[embed(FLAGGED)] = _flagged
            found |= {embed(decided(each)): _decided(each) for each in (APPROVED, REFUSED)}
    return found


def _named(suffixes: tuple[str, ...]) -> Condition:
    return lambda job: job["source"]["key"].lower().endswith(suffixes)


def _present(field: str) -> Condition:
    return lambda job: job[field] is not None


def _flagged(job: Document) -> bool:
    return bool(job.get("flags"))


def _decided(decision: str) -> Condition:
    return lambda job: job["review"]["decision"] == decision


def walk(definition: Definition, known: Mapping[str, Condition], host: ReplayHost) -> Walk:
    """Run the definition on the host's job document and return the finished document.

    Raises:
        Fault: The execution failed.
        SimulationError: The definition has something that the simulation does not know.
    """
    return (yield from _run(definition, known, dict(host.input()), host))


def _walk_both(
    express: Definition, standard: Definition, known: Mapping[str, Condition], host: ReplayHost
) -> Walk:
    """Walk the express machine, and the standard one if it is handed over to."""
    done = yield from walk(express, known, host)
    if done["state"] != RELEASED:
        return done
    host.phase = "standard"
    return (yield from walk(standard, known, host))


def _run(machine: Definition, known: Mapping[str, Condition], job: Document, host: ReplayHost) -> Walk:
    name: str | None = machine["StartAt"]
    while name is not None:
        state = machine["States"][name]
        host.entered += 1
        name = state.get("Next")
        match state["Type"]:
            case "Task" | "Parallel" | "Map":
                try:
                    if state["Type"] == "Task":
                        job = yield from _task(state, job, host)
                    elif state["Type"] == "Map":
                        yield from _map(state, job, host)
                    else:
                        flows = [_run(branch, known, dict(job), host) for branch in state["Branches"]]
                        results = yield from side_by_side(flows, host)
                        job = next((each for each in results if each["error"]), results[0])
                except Fault as fault:
                    caught = next((each for each in state.get("Catch", ()) if _lists(each, fault.name)), None)
                    if caught is None:
                        raise
                    name = caught["Next"]
                    if fault.name == NOT_WRITTEN:
                        job = {**job, "state": DUPLICATE}
                    else:
                        job = {**job, "error": {"name": fault.name, "message": fault.message}}
            case "Choice":
                taken = (each["Next"] for each in state["Choices"] if _holds(each["Condition"], known, job))
                name = next(taken, state["Default"])
            case "Fail":
                raise Fault(state["Error"], state["Cause"])
            case "Pass" | "Succeed":
                pass
            case other:
                raise SimulationError(f"The simulation does not know the state type {other!r}.")
    return job


def _map(state: Definition, job: Document, host: ReplayHost) -> Walk:
    """Run the items of a distributed Map, which hands on the job that entered it."""
    if (state["MaxConcurrency"], state["ToleratedFailurePercentage"]) != (CONCURRENCY, TOLERATED):
        raise SimulationError(f"The simulation does not know this Map: {state}.")
    yield host.call(READ_ITEMS, {"job": job, "function": None, "attempt": 1})
    batch = Batch(**job["batch"])
    batch = yield from each_item(host.item, range(batch.items), batch, host)
    if batch.stops:
        raise Fault(TOO_MANY_FAILED, EXCEEDED)
    return job


def _holds(condition: str, known: Mapping[str, Condition], job: Document) -> bool:
    if condition not in known:
        raise SimulationError(f"The simulation does not know the condition {condition!r}.")
    return known[condition](job)


def _lists(table: Definition, error: str) -> bool:
    return error in table["ErrorEquals"] or EVERY in table["ErrorEquals"]


def _task(state: Definition, job: Document, host: ReplayHost) -> Walk:
    activity, details = _activity(state)
    retries: Counter[int] = Counter()
    while True:
        answer = yield host.call(activity, {"job": job, **details, "attempt": retries.total() + 1})
        if "ok" in answer:
            done: Document = answer["ok"]
            if details["function"] is None and done["state"] == DUPLICATE:
                raise Fault(NOT_WRITTEN, "")
            return done
        fault = Fault(**answer["error"])
        tables = state.get("Retry", ())
        at = next((at for at, table in enumerate(tables) if _lists(table, fault.name)), None)
        if at is None or retries[at] == tables[at]["MaxAttempts"]:
            raise fault
        table = tables[at]
        wait = table["IntervalSeconds"] * table["BackoffRate"] ** retries[at]
        wait = min(wait, table.get("MaxDelaySeconds", wait))
        retries[at] += 1
        seconds = wait * host.random() if table["JitterStrategy"] == "FULL" else wait
        yield host.sleep(seconds)


def _activity(state: Definition) -> tuple[str, dict[str, Any]]:
    """Return the activity that the task stands for, and whether a function runs it."""
    arguments = state["Arguments"]
    match state["Resource"]:
        case INVOKE.resource:
            name = _inside(arguments["FunctionName"])
            return name, {"function": name}
        case PUT_ITEM.resource:
            return "claim", {"function": None}
        case UPDATE_ITEM.resource:
            values = arguments["ExpressionAttributeValues"]
            if ":released" in values:
                return "release", {"function": None, "state": RELEASED}
            if ":expired" in values:
                return "settle", {"function": None}
            if ":unsent" in values:
                return "defer", {"function": None}
            return "record", {"function": None, "state": values[":state"]["S"]}
        case AWAIT.resource:
            return DECIDED, {"function": None}
        case START.resource:
            return HANDED_OVER, {"function": None}
        case PUBLISH.resource:
            return "notify", {"function": None, "topic": _inside(arguments["TopicArn"])}
        case other:
            raise SimulationError(f"The simulation does not know the resource {other!r}.")


def _inside(placeholder: str) -> str:
    """Return the name in a placeholder: ``resize`` in ``${function.resize}``."""
    return placeholder.removesuffix("}").partition(".")[2]
