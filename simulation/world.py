"""Build the model of a workload's platform."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Protocol

from core.workflow.granularity import pipeline_in
from simulation.book import Values
from simulation.context import Context
from simulation.execution import Execution
from simulation.platforms.aws_lambda import Lambda
from simulation.platforms.durable import Durable
from simulation.platforms.front_door import FUNCTION, AwsFrontDoor, AzureFrontDoor, Enter
from simulation.platforms.functions_app import FunctionsApp
from simulation.platforms.options import DurableOptions
from simulation.platforms.step_functions import StepFunctions
from simulation.workload import Workload

PHOTO_S = 3.0  # about how long a photo takes


class Orchestrator(Protocol):
    """A platform that runs executions."""

    def start(self, execution: Execution) -> None:
        """Start an execution now."""


type Deliver = Callable[[Orchestrator], Enter]


def build(context: Context, workload: Workload, deliver: Deliver) -> Enter:
    """Return where photos enter the model of the workload's platform, which is warm or cold.

    ``deliver`` brings the event of an upload to the orchestrator.
    """
    if workload.platform.cloud == "aws":
        return _aws(context, workload, deliver)
    return _azure(context, workload, deliver)


def _aws(context: Context, workload: Workload, deliver: Deliver) -> Enter:
    platform, flow = workload.platform, workload.workflow
    functions = Lambda(
        context,
        memory_mb=platform.memory_mb,
        init="init_photo_s" if flow.kind == "photo" else "init_published_s",
        account=platform.concurrency,
        reserved=platform.function_concurrency,
    )
    if not platform.cold:
        width = min(platform.concurrency, _together(workload))
        names = ["prepare", "task"]
        if flow.kind == "photo":
            names = [step.name for step in pipeline_in(flow.granularity).steps()]
        for name in names:
            many = flow.tasks if flow.kind == "fan_out" and name == "task" else 1
            functions.warm(name, min(platform.concurrency, width * many))
    machine = StepFunctions(
        context,
        functions,
        flavour=platform.orchestrator,
        payload_bytes=flow.payload_bytes,
    )
    enter = deliver(machine)
    if not workload.arrivals.via_api:
        return enter
    if not platform.cold:
        functions.warm(FUNCTION, min(platform.concurrency, _together(workload)))
    return AwsFrontDoor(context, functions, enter).ask


def _azure(context: Context, workload: Workload, deliver: Deliver) -> Enter:
    platform, flow, values = workload.platform, workload.workflow, context.values
    published = flow.kind != "photo"
    options = DurableOptions(
        plan=platform.plan,
        polls=platform.orchestrator == "storage",
        prefetch=10 if published else platform.threads,
        episodes=5 if published else 10,
        longest_poll_s=values["azure.poll_longest_s"] if published else 2.0,
        payload_bytes=flow.payload_bytes if published else 3_000,
        most_instances=min(platform.concurrency, 200 if platform.plan == "consumption" else 1000),
        together=1 if platform.plan == "consumption" else 10,
    )
    app = FunctionsApp(
        context,
        plan=platform.plan,
        memory_mb=platform.memory_mb,
        threads=platform.threads if published or platform.threads == 1 else platform.threads + 1,
    )
    if not platform.cold:
        for _ in range(_warm_instances(workload, values, options.prefetch)):
            app.add().new = False
    enter = deliver(Durable(context, app, options))
    if not workload.arrivals.via_api:
        return enter
    most = options.most_instances
    return AzureFrontDoor(context, platform.memory_mb, most, enter, cold=platform.cold).ask


def _together(workload: Workload) -> int:
    """Return how many jobs are under way at once, at first."""
    arrivals = workload.arrivals
    if arrivals.kind == "burst":
        return arrivals.count
    if arrivals.kind == "batch":
        return min(arrivals.count, arrivals.at_once)
    rate = arrivals.rate_per_second
    if arrivals.kind == "trace":
        rate = len(arrivals.trace) / max(1.0, arrivals.trace[-1][0]) if arrivals.trace else 0.0
    return ceil(rate * PHOTO_S)


def _warm_instances(workload: Workload, values: Values, prefetch: int) -> int:
    """Return the instances that an earlier burst of the same kind left.

    One instance takes ``prefetch`` activities; what remains calls for more, one for each five seconds of it.
    """
    flow = workload.workflow
    if _together(workload) == 1:
        return 1
    width = _together(workload) * (flow.tasks if flow.kind == "fan_out" else 1)
    seconds = PHOTO_S if flow.kind == "photo" else flow.seconds
    backlog_s = max(0, width - prefetch) * (seconds + values["azure.activity_s"])
    return 1 + min(round(values["azure.warm_instances"]) - 1, int(backlog_s / 5.0))
