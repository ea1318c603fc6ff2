"""Compile the workflow's definition to Amazon States Language, with placeholders for references."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from components.aws.state_machine import approval, ledger
from components.aws.state_machine import expressions as jsonata
from components.aws.state_machine.distributed_map import SUMMARIZE, SUMMARY_SECONDS, distributed_map
from components.aws.state_machine.expressions import INPUT, embed
from components.aws.state_machine.integrations import (
    AWAIT,
    INVOKE,
    PUBLISH,
    PUT_ITEM,
    UPDATE_ITEM,
    Integration,
)
from components.aws.state_machine.references import Definition, function, topic
from components.aws.state_machine.retries import retries
from core.ledger import AT_WORK
from core.workflow.model import (
    DUPLICATE,
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

GRACE_SECONDS = (
    30  # how much longer a step's task waits than its function runs, since the function has to start first
)
SERVICE_SECONDS = 30  # how long a direct call of DynamoDB or SNS may take


def compile_workflow(
    workflow: Workflow, timeout_seconds: int, of_steps: Mapping[str, int] | None = None
) -> Definition:
    """Return the state machine's definition.

    A step's function ends itself after ``timeout_seconds``, or after those that ``of_steps`` has for it.
    """
    return _Compiler(workflow, timeout_seconds, of_steps or {}).definition()


class _Compiler:
    def __init__(self, workflow: Workflow, step_seconds: int, of_steps: Mapping[str, int]) -> None:
        self._workflow = workflow
        self._reviewed = workflow.approval() is not None
        self._step_seconds = step_seconds
        self._of_steps = of_steps

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

        The state after a Parallel gets the list of its branches' jobs. A step accepts that list; before any
        other state a Pass merges it, since not every implementation honours the Output of a Parallel.
        """
        compiled: Definition = {}
        job = INPUT
        for state, following in zip(states, (*states[1:], None), strict=True):
            after = following.name if following else None
            merge = (
                f"merge_{state.name}" if isinstance(state, Parallel) and not _runs_step(following) else None
            )
            compiled[state.name] = self._state(state, job, merge or after)
            if isinstance(state, Approval):
                compiled |= self._review(state, after)
            if merge:
                compiled[merge] = {"Type": "Pass", "Output": embed(jsonata.MERGED), **_next(after)}
            job = jsonata.MERGED if isinstance(state, Parallel) and not merge else INPUT
        return compiled

    def _state(self, state: State, job: str, after: str | None) -> Definition:
        match state:
            case Task():
                return self._action(state, job, after)
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
            case NameFilter():
                taken = {"Condition": embed(jsonata.named(state.suffixes)), "Next": after}
                return {"Type": "Choice", "Choices": [taken], "Default": self._ending(state.otherwise)}
            case Choice():
                diversion = {
                    "Condition": embed(jsonata.present(state.absent)),
                    "Next": self._ending(state.otherwise),
                }
                return {"Type": "Choice", "Choices": [diversion], "Default": after}
            case Approval():
                return approval.flagged(state, after)
            case Map():
                items = _Compiler(state.workflow, self._step_seconds, self._of_steps)
                return {
                    **distributed_map(items.definition()),
                    **self._catches(state.catch, job),
                    **_next(after),
                }
            case Succeed():
                return {"Type": "Succeed"}
            case Fail():
                return {"Type": "Fail", "Error": state.error, "Cause": state.cause}
            case _:
                assert_never(state)

    def _action(self, task: Task, job: str, after: str | None) -> Definition:
        match task.action:
            case Step() as step:
                call: Definition = {
                    "FunctionName": function(step.name),
                    "Payload": {"job": embed(INPUT), "attempt": embed(jsonata.ATTEMPT)},
                }
                result = "$states.result.Payload"
                seconds = self._of_steps.get(step.name, self._step_seconds) + GRACE_SECONDS
                return self._task(task, INVOKE, call, seconds, result, job, after)
            case Claim() as claim:
                return self._claim(task, claim, after)
            case Record() as record:
                return self._record(task, record, job, after)
            case Notify() as notify:
                call = {
                    "TopicArn": topic(notify.topic),
                    "Message": embed(jsonata.notification(job, reviewed=self._reviewed)),
                }
                return self._task(task, PUBLISH, call, SERVICE_SECONDS, job, job, after)
            case Defer() as defer:
                made = self._task(task, UPDATE_ITEM, ledger.defer(job), SERVICE_SECONDS, job, job, after)
                return self._unless_refused(made, job, defer.duplicate)
            case Summarize():
                call = {"FunctionName": function(SUMMARIZE), "Payload": {"job": embed(job)}}
                seconds = SUMMARY_SECONDS + GRACE_SECONDS
                return self._task(task, INVOKE, call, seconds, "$states.result.Payload", job, after)
            case _:
                assert_never(task.action)

    def _task(
        self,
        task: Task | Approval,
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
            **retries(task.retry, integration),
            **self._catches(task.catch, job),
            "Output": embed(output),
            **_next(after),
        }

    def _claim(self, task: Task, claim: Claim, after: str | None) -> Definition:
        """Compile the claim, which creates the job document from the store's event."""
        mapped = any(isinstance(state, Map) for state in self._workflow.states)
        job = jsonata.BATCH_FROM_EVENT if mapped else jsonata.JOB_FROM_EVENT
        state = self._task(task, PUT_ITEM, ledger.put(job), SERVICE_SECONDS, job, job, after)
        return self._unless_refused(state, job, claim.duplicate)

    def _record(self, task: Task, record: Record, job: str, after: str | None) -> Definition:
        """Compile the record: the row accepts one final state, only from the execution that claimed it."""
        recorded = jsonata.with_state(job, record.state)
        call = ledger.update(job, recorded, record.state, AT_WORK if self._reviewed else ("claimed",))
        state = self._task(task, UPDATE_ITEM, call, SERVICE_SECONDS, recorded, job, after)
        return self._unless_refused(state, job, record.duplicate)

    def _review(self, state: Approval, after: str | None) -> Definition:
        """Compile the states of a job with flags: see :mod:`components.aws.state_machine.approval`."""
        ask, wait, settle, decided = approval.names(state)
        call, asked, told = approval.question(state), "$states.result.Payload", jsonata.settled(INPUT)
        seconds = self._step_seconds + GRACE_SECONDS
        waiting = self._task(state, AWAIT, ledger.wait(INPUT), state.timeout_seconds, INPUT, INPUT, settle)
        waiting["Catch"] = [approval.go_on(settle), *waiting.get("Catch", ())]
        settling = self._task(state, UPDATE_ITEM, ledger.settle(INPUT), SERVICE_SECONDS, told, INPUT, decided)
        return {
            ask: self._task(state, INVOKE, call, seconds, asked, INPUT, wait),
            wait: waiting,
            settle: self._unless_refused(settling, INPUT, state.duplicate),
            decided: approval.decided(after, self._ending(state.refused), self._ending(state.expired)),
        }

    def _unless_refused(self, state: Definition, job: str, ending: str) -> Definition:
        """Divert a job whose ledger write is refused."""
        refused = {
            "ErrorEquals": [ledger.REFUSED],
            "Output": embed(jsonata.with_state(job, DUPLICATE)),
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
