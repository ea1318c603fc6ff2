"""What an upload starts, and how the rest of the pipeline deals with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from components.aws.alarms import Executions, of_durable_function, of_machine
from components.aws.durable_workflow import DURABLE, DurableWorkflow
from components.aws.function import Function
from components.aws.policies import Statement, allow
from components.aws.workflow import StateMachine


@dataclass(frozen=True)
class Orchestrator:
    """The orchestrator of a deployment.

    ``start`` is the permission to start the workflow at ``arn``, ``look`` the statements of whoever looks
    what is running. Jobs are under way in the executions ``at_work``, and in the ``functions`` besides those
    of the steps.
    """

    arn: pulumi.Output[str]
    start: str
    look: Sequence[Statement]
    executions: Executions
    at_work: Sequence[Executions]
    functions: Mapping[str, Function] = field(default_factory=dict)


def state_machine(machine: StateMachine, standard: StateMachine) -> Orchestrator:
    """Return a state machine; an express one hands jobs over to the standard one."""
    return Orchestrator(
        machine.arn,
        "states:StartExecution",
        [allow(["states:ListExecutions"], [standard.arn])],
        of_machine(machine.arn),
        [of_machine(each.arn) for each in dict.fromkeys((machine, standard))],
    )


def durable_function(workflow: DurableWorkflow, standard: StateMachine) -> Orchestrator:
    """Return the durable function; jobs of before may be under way in the standard machine."""
    executions = of_durable_function(workflow.name)
    return Orchestrator(
        workflow.arn,
        "lambda:InvokeFunction",
        [
            allow(["states:ListExecutions"], [standard.arn]),
            allow(["lambda:GetDurableExecution"], [workflow.executions]),
        ],
        executions,
        [executions, of_machine(standard.arn)],
        {DURABLE: workflow},
    )
