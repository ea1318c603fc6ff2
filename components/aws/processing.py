"""What processes photos: the functions of steps, the state machines, and what uploads start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.aws.batch import batch_machine
from components.aws.data import Data
from components.aws.durable_workflow import DURABLE, DurableWorkflow
from components.aws.function import UNRESERVED, Function
from components.aws.orchestrator import Orchestrator, durable_function, state_machine
from components.aws.review import Ask, ReviewPage
from components.aws.state_machine.approval import ASK
from components.aws.state_machine.references import LEDGER, RECIPE, STANDARD_MACHINE, function, topic
from components.aws.step_function import StepFunction
from components.aws.workflow import EXPRESS, STANDARD, StateMachine, Target
from components.settings import Settings
from core.review.decisions import TOPIC as REVIEW
from core.workflow.granularity import all_steps, pipeline_in


@dataclass(frozen=True)
class Processing:
    """The workflow of a deployment, in all the forms that it needs.

    ``started`` is what uploads start. ``functions`` are the steps' functions of all granularities, ``used``
    those of this deployment. ``durable`` is there if it is the orchestrator.
    """

    started: Orchestrator
    machines: Mapping[str, StateMachine]
    batch: StateMachine
    functions: Mapping[str, StepFunction]
    used: Sequence[str]
    durable: DurableWorkflow | None

    @property
    def standard(self) -> StateMachine:
        """The machine that takes jobs over, and in which jobs of another orchestrator may be under way."""
        return self.machines[STANDARD]

    @property
    def logged(self) -> Mapping[str, Function]:
        """The functions whose logs tell of jobs."""
        return {**self.functions, **self.started.functions}

    @property
    def watched(self) -> Mapping[str, Function]:
        """The functions that this deployment uses."""
        return {each: self.logged[each] for each in (*self.used, *self.started.functions)}


def create_processing(
    name: str, settings: Settings, code: pulumi.Archive, data: Data, opts: pulumi.ResourceOptions
) -> Processing:
    """Create everything that runs photos through the workflow.

    There are functions for all granularities, and a machine of each type, though a deployment uses only some:
    what is under way when a setting changes ends where it began. What lies idle costs nothing.
    """
    used = {step.name for step in pipeline_in(settings.granularity, settings.review_seconds).steps()}
    variables, places = data.of_steps(settings), data.places(settings)
    functions = {
        step.name: StepFunction(
            f"{name}-{step.name.replace('_', '-')}",
            step,
            settings,
            code,
            variables,
            places,
            reserved=(step.name in used and settings.max_concurrency) or UNRESERVED,
            opts=opts,
        )
        for step in all_steps()
    }
    ledger, topics = data.ledger, data.topics.arns
    targets = {LEDGER: Target(ledger.name, ledger.arn)}
    for each, arn in topics.items():
        targets[topic(each)] = Target(arn, arn)
    for each, made in functions.items():
        targets[function(each)] = Target(made.arn, made.arn)
    page = None
    if settings.review_seconds:
        page = ReviewPage(f"{name}-review", settings, code, variables, ledger, places["input"], opts=opts)
        ask = Ask(f"{name}-ask", settings, code, ledger, topics[REVIEW], page.url, opts=opts)
        targets[function(ASK)] = Target(ask.arn, ask.arn)
    texts = {RECIPE: settings.recipe}
    standard = StateMachine(f"{name}-workflow", STANDARD, settings, targets, texts, opts=opts)
    onward = {**targets, STANDARD_MACHINE: Target(standard.arn, standard.arn)}
    machines = {
        STANDARD: standard,
        EXPRESS: StateMachine(f"{name}-workflow-express", EXPRESS, settings, onward, texts, opts=opts),
    }
    durable = None
    if settings.orchestrator == DURABLE:
        durable = DurableWorkflow(
            f"{name}-workflow-durable", settings, variables, places, functions, ledger, topics, page, opts
        )
        started = durable_function(durable, standard)
    else:
        started = state_machine(machines[settings.orchestrator], standard)
    batch = batch_machine(f"{name}-batch", settings, code, targets, texts, (ledger, data.results), opts=opts)
    return Processing(started, machines, batch, functions, sorted(used), durable)
