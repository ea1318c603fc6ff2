"""The workflow's definition as Amazon States Language: a pure function, with references left open.

``${ledger}``, ``${function.<step>}``, ``${topic.<topic>}`` and ``${recipe}`` stand for what only a deployment
knows; :func:`fill` puts it in.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, cast

from components.aws.state_machine import expressions as jsonata
from components.aws.state_machine.expressions import INPUT, embed
from components.aws.state_machine.integrations import (
    INTEGRATIONS,
    INVOKE,
    PUBLISH,
    PUT_ITEM,
    UPDATE_ITEM,
    Integration,
)
from core.ports import RELEASED
from core.workflow.model import (
    Catch,
    Choice,
    Claim,
    Fail,
    Notify,
    Parallel,
    Record,
    Retry,
    State,
    Step,
    Succeed,
    Task,
    Workflow,
)

Definition = dict[str, Any]

LEDGER = "${ledger}"
RECIPE = "${recipe}"
GRACE_SECONDS = 30  # how much longer than its function a step's task waits: the function has to start first
SERVICE_SECONDS = 30  # how long a direct call of DynamoDB or SNS may take
CONDITION_FAILED = "DynamoDB.ConditionalCheckFailedException"


def function(step: str) -> str:
    """Return the open reference to the step's function."""
    return f"${{function.{step}}}"


def topic(name: str) -> str:
    """Return the open reference to the topic."""
    return f"${{topic.{name}}}"


def compile_workflow(workflow: Workflow, timeout_seconds: int) -> Definition:
    """Return the state machine's definition; a step's function ends itself after ``timeout_seconds``."""
    return _Compiler(workflow, timeout_seconds + GRACE_SECONDS).definition()


def fill(definition: Definition, references: Mapping[str, str]) -> Definition:
    """Return the definition with every open reference replaced.

    Raises:
        KeyError: A reference is left open.
    """

    def filled(value: object) -> object:
        match value:
            case str():
                for reference, name in references.items():
                    value = value.replace(reference, name)
                if "${" in value:
                    raise KeyError(value)
                return value
            case dict():
                return {key: filled(each) for key, each in value.items()}
            case list():
                return [filled(each) for each in value]
            case _:
                return value

    return cast(Definition, filled(definition))


def permissions(definition: Definition) -> dict[str, set[str]]:
    """Return what the definition calls: each permission with the references it is needed for."""
    needed: dict[str, set[str]] = {}
    for state in definition["States"].values():
        for branch in state.get("Branches", ()):
            for permission, references in permissions(branch).items():
                needed.setdefault(permission, set()).update(references)
        if state["Type"] == "Task":
            integration = INTEGRATIONS[state["Resource"]]
            needed.setdefault(integration.permission, set()).add(state["Arguments"][integration.target])
    return needed


class _Compiler:
    def __init__(self, workflow: Workflow, step_seconds: int) -> None:
        self._workflow = workflow
        self._step_seconds = step_seconds

    def definition(self) -> Definition:
        states = self._sequence(self._workflow.states)
        for ending in self._workflow.endings.values():
            states |= self._sequence(ending)
        return {
            "Comment": f"The workflow {self._workflow.name}, compiled from its definition.",
            "QueryLanguage": "JSONata",
            "StartAt": self._workflow.states[0].name,
            "TimeoutSeconds": self._workflow.timeout_seconds,
            "States": states,
        }

    def _sequence(self, states: tuple[State, ...]) -> Definition:
        """Compile and chain the states.

        What follows a Parallel gets the list of its branches' jobs. A step takes that list; before anything
        else stands a Pass that merges it, since not every Step Functions honours a Parallel's own Output.
        """
        compiled: Definition = {}
        job = INPUT
        for state, following in zip(states, (*states[1:], None), strict=True):
            after = following.name if following else None
            merge = (
                f"merge_{state.name}" if isinstance(state, Parallel) and not _runs_step(following) else None
            )
            compiled[state.name] = self._state(state, job, merge or after)
            if merge:
                compiled[merge] = {"Type": "Pass", "Output": embed(jsonata.MERGED), **_next(after)}
            job = jsonata.MERGED if isinstance(state, Parallel) and not merge else INPUT
        return compiled

    def _state(self, state: State, job: str, after: str | None) -> Definition:
        match state:
            case Task(action=Step() as step):
                call = {
                    "FunctionName": function(step.name),
                    "Payload": {"job": embed(INPUT), "attempt": embed(jsonata.ATTEMPT)},
                }
                result = "$states.result.Payload"
                return self._task(state, INVOKE, call, self._step_seconds, result, job, after)
            case Task(action=Claim() as claim):
                return self._claim(state, claim, after)
            case Task(action=Record() as record):
                return self._record(state, record, job, after)
            case Task(action=Notify() as notify):
                call = {"TopicArn": topic(notify.topic), "Message": embed(jsonata.notification(job))}
                return self._task(state, PUBLISH, call, SERVICE_SECONDS, job, job, after)
            case Parallel():
                branches = [
                    {"StartAt": branch[0].name, "States": self._sequence(branch)} for branch in state.branches
                ]
                return {
                    "Type": "Parallel",
                    "Branches": branches,
                    **self._catches(state.catch, job),
                    **_next(after),
                }
            case Choice():
                diversion = {
                    "Condition": embed(jsonata.present(state.absent)),
                    "Next": self._ending(state.otherwise),
                }
                return {"Type": "Choice", "Choices": [diversion], "Default": after}
            case Succeed():
                return {"Type": "Succeed"}
            case Fail():
                return {"Type": "Fail", "Error": state.error, "Cause": state.cause}
        raise TypeError(f"no such state: {state!r}")

    def _task(
        self,
        task: Task,
        integration: Integration,
        arguments: Definition,
        seconds: int,
        output: str,
        job: str,
        after: str | None,
    ) -> Definition:
        return {
            "Type": "Task",
            "Resource": integration.resource,
            "Arguments": arguments,
            "TimeoutSeconds": seconds,
            **_retries(task.retry, integration),
            **self._catches(task.catch, job),
            "Output": embed(output),
            **_next(after),
        }

    def _claim(self, task: Task, claim: Claim, after: str | None) -> Definition:
        """Compile the claim: it takes the store's event and is where the job document comes from."""
        job = jsonata.JOB_FROM_EVENT
        call = {
            "TableName": LEDGER,
            "Item": embed(jsonata.ledger_item(job)),
            "ConditionExpression": (
                "attribute_not_exists(#id) OR #state = :released"
                " OR (#execution = :execution AND #state = :claimed)"
            ),
            "ExpressionAttributeNames": {"#id": "id", "#state": "state", "#execution": "execution"},
            "ExpressionAttributeValues": {
                ":released": {"S": RELEASED},
                ":claimed": {"S": "claimed"},
                ":execution": {"S": embed(jsonata.EXECUTION)},
            },
        }
        state = self._task(task, PUT_ITEM, call, SERVICE_SECONDS, job, job, after)
        return self._unless_held(state, job, claim.duplicate)

    def _record(self, task: Task, record: Record, job: str, after: str | None) -> Definition:
        """Compile the record: the row takes one final state, and only from the execution that claimed it."""
        recorded = jsonata.with_state(job, record.state)
        call = _update(job, recorded, record.state)
        state = self._task(task, UPDATE_ITEM, call, SERVICE_SECONDS, recorded, job, after)
        return self._unless_held(state, job, record.duplicate)

    def _unless_held(self, state: Definition, job: str, ending: str) -> Definition:
        """Divert a ledger write whose condition does not hold."""
        refused = {
            "ErrorEquals": [CONDITION_FAILED],
            "Output": embed(jsonata.with_state(job, "duplicate")),
            "Next": self._ending(ending),
        }
        return state | {"Catch": [refused, *state.get("Catch", ())]}

    def _catches(self, catches: Iterable[Catch], job: str) -> Definition:
        compiled = [
            {
                "ErrorEquals": ["States.ALL"] if catch.errors is None else list(catch.errors),
                "Output": embed(jsonata.with_error(job)),
                "Next": self._ending(catch.then),
            }
            for catch in catches
        ]
        return {"Catch": compiled} if compiled else {}

    def _ending(self, name: str) -> str:
        return self._workflow.endings[name][0].name


def _runs_step(state: State | None) -> bool:
    return isinstance(state, Task) and isinstance(state.action, Step)


def _next(after: str | None) -> Definition:
    return {"Next": after} if after else {"End": True}


def _retries(retry: Retry | None, integration: Integration) -> Definition:
    """Compile the retry table; the platform's own transient errors share its numbers."""
    if retry is None:
        return {}
    table = {
        "ErrorEquals": [*retry.errors, *integration.transient],
        "IntervalSeconds": math.ceil(retry.first_seconds),
        "MaxAttempts": retry.more_tries,
        "BackoffRate": retry.factor,
        "JitterStrategy": "FULL",
    }
    return {"Retry": [table]}


def _update(job: str, recorded: str, state: str) -> Definition:
    """Return the call that writes the job's state and document to the row its execution claimed."""
    return {
        "TableName": LEDGER,
        "Key": {"id": {"S": embed(f"({job}).id")}},
        "UpdateExpression": (
            "SET #state = :state, #updated_at = :updated_at, #document = :document REMOVE #open"
        ),
        "ConditionExpression": "#execution = :execution AND #state IN (:claimed, :state)",
        "ExpressionAttributeNames": {
            "#state": "state",
            "#updated_at": "updated_at",
            "#document": "document",
            "#open": "open",
            "#execution": "execution",
        },
        "ExpressionAttributeValues": {
            ":claimed": {"S": "claimed"},
            ":state": {"S": state},
            ":updated_at": {"S": embed(jsonata.NOW)},
            ":document": {"S": embed(f"$string({recorded})")},
            ":execution": {"S": embed(jsonata.EXECUTION)},
        },
    }
