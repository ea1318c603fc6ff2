"""Simulate a workload once: build the platform's model, let the jobs arrive, and run to the end."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Protocol, assert_never

from core.recipes import load
from core.workflow.granularity import pipeline_in
from simulation.arrivals import arrivals
from simulation.book import Values
from simulation.compiled import program as compiled
from simulation.execution import Execution, Totals
from simulation.kernel import Kernel
from simulation.platforms.aws_lambda import Lambda
from simulation.platforms.durable import Durable
from simulation.platforms.functions_app import FunctionsApp
from simulation.platforms.options import DurableOptions
from simulation.platforms.step_functions import StepFunctions
from simulation.program import Chain, FanOut, Program
from simulation.remembered import interpreted
from simulation.streams import Draw, Streams
from simulation.work import PhotoWork, Sleep, Work
from simulation.workload import Workload


class Orchestrator(Protocol):
    """A platform that runs executions."""

    def start(self, execution: Execution) -> None:
        """Start an execution now."""


PHOTO_S = 3.0  # about how long a photo takes
DELIVERY_SIGMA = 0.4
BETWEEN_BURSTS_S = 60.0


def simulate(workload: Workload, values: Values, seed: int) -> list[Totals]:
    """Return the totals of every burst, or of the whole time of other arrivals.

    Each burst meets the platform in the same state: it is a repetition.
    """
    bursts = workload.arrivals.bursts if workload.arrivals.kind == "burst" else 1
    return [_run(workload, values, Streams(seed * 1_000 + burst)) for burst in range(bursts)]


def executions(workload: Workload, values: Values) -> Iterator[tuple[int, float, Execution]]:
    """Yield every execution of one simulation, with its burst and the seconds at which the burst began."""
    bursts = workload.arrivals.bursts if workload.arrivals.kind == "burst" else 1
    offset = 0.0
    for burst in range(bursts):
        kept: list[Execution] = []
        totals = _run(workload, values, Streams(workload.seed * 1_000 + burst), kept)
        for execution in kept:
            yield burst + 1, offset, execution
        offset += ceil(max(totals.last, default=0.0)) + BETWEEN_BURSTS_S


def _run(workload: Workload, values: Values, streams: Streams, kept: list[Execution] | None = None) -> Totals:
    """Simulate once; executions in ``kept`` keep a log of their tasks."""
    kernel, totals = Kernel(), Totals()
    program, work = _program(workload), _work(workload, values)
    orchestrator = build(kernel, workload, values, streams, totals, program, work)
    delivery = _delivery(workload, values, streams)
    _arrive(kernel, arrivals(workload, streams), program, orchestrator, delivery, kept)
    kernel.run()
    return totals


def _delivery(workload: Workload, values: Values, streams: Streams) -> Draw | None:
    """Return how long the event of an upload takes; the published experiments have none."""
    if workload.workflow.kind != "photo":
        return None
    return streams.lognormal("delivery", values[f"stores.{workload.platform.cloud}_event_s"], DELIVERY_SIGMA)


def _arrive(
    kernel: Kernel,
    coming: Iterator[tuple[float, float]],
    program: Program,
    orchestrator: Orchestrator,
    delivery: Draw | None,
    kept: list[Execution] | None,
) -> None:
    """Let each arrival add the next, so that the heap holds one of them."""
    number = 0

    def arrive(size: float) -> None:
        nonlocal number
        execution = Execution(number, kernel.now, size, program.start)
        if kept is not None:
            execution.log = []
            kept.append(execution)
        if delivery is None:
            orchestrator.start(execution)
        else:
            kernel.at(kernel.now + delivery(), orchestrator.start, execution)
        number += 1
        following = next(coming, None)
        if following is not None:
            kernel.at(following[0], arrive, following[1])

    first = next(coming, None)
    if first is not None:
        kernel.at(first[0], arrive, first[1])


def build(
    kernel: Kernel,
    workload: Workload,
    values: Values,
    streams: Streams,
    totals: Totals,
    program: Program,
    work: Work,
) -> Orchestrator:
    """Return the model of the workload's platform, warm or cold."""
    if workload.platform.cloud == "aws":
        return _aws(kernel, workload, values, streams, totals, program, work)
    return _azure(kernel, workload, values, streams, totals, program, work)


def _aws(
    kernel: Kernel,
    workload: Workload,
    values: Values,
    streams: Streams,
    totals: Totals,
    program: Program,
    work: Work,
) -> Orchestrator:
    platform, flow = workload.platform, workload.workflow
    functions = Lambda(
        values,
        streams,
        totals,
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
    return StepFunctions(
        kernel,
        values,
        streams,
        totals,
        program,
        work,
        functions,
        flavour=platform.orchestrator,
        payload_bytes=flow.payload_bytes,
    )


def _azure(
    kernel: Kernel,
    workload: Workload,
    values: Values,
    streams: Streams,
    totals: Totals,
    program: Program,
    work: Work,
) -> Orchestrator:
    platform, flow = workload.platform, workload.workflow
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
        kernel,
        values,
        streams,
        totals,
        plan=platform.plan,
        memory_mb=platform.memory_mb,
        threads=platform.threads if published or platform.threads == 1 else platform.threads + 1,
    )
    if not platform.cold:
        for _ in range(_warm_instances(workload, values, options.prefetch)):
            app.add().new = False
    return Durable(kernel, values, streams, totals, program, work, app, options)


def _together(workload: Workload) -> int:
    """Return how many jobs are under way at once, at first."""
    arrivals = workload.arrivals
    if arrivals.kind == "burst":
        return arrivals.count
    rate = arrivals.rate_per_second
    if arrivals.kind == "trace":
        rate = len(arrivals.trace) / max(1.0, arrivals.trace[-1][0]) if arrivals.trace else 0.0
    return ceil(rate * PHOTO_S)


def _warm_instances(workload: Workload, values: Values, prefetch: int) -> int:
    """Return the instances that an earlier burst of the same kind left.

    One instance takes ``prefetch`` activities; what remains calls for more, one for each five seconds of it.
    """
    flow = workload.workflow
    width = _together(workload) * (flow.tasks if flow.kind == "fan_out" else 1)
    seconds = PHOTO_S if flow.kind == "photo" else flow.seconds
    backlog_s = max(0, width - prefetch) * (seconds + values["azure.activity_s"])
    return 1 + min(round(values["azure.warm_instances"]) - 1, int(backlog_s / 5.0))


def _program(workload: Workload) -> Program:
    flow, platform = workload.workflow, workload.platform
    match flow.kind:
        case "chain":
            return Chain(flow.tasks)
        case "fan_out":
            return FanOut(flow.tasks)
        case "photo":
            workflow = pipeline_in(flow.granularity)
            if platform.orchestrator in ("standard", "express"):
                return compiled(workflow, platform.orchestrator)
            return interpreted(workflow)
        case _:
            assert_never(flow.kind)


def _work(workload: Workload, values: Values) -> Work:
    flow, cloud = workload.workflow, workload.platform.cloud
    if flow.kind == "photo":
        return PhotoWork(values, pipeline_in(flow.granularity), load(flow.recipe), cloud)
    return Sleep(flow.seconds, values["aws.handler_cpu_s"], values[f"{cloud}.first_call_cpu_s"])
