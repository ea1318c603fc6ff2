"""Simulate a workload once: let the jobs arrive, and run to the end."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import assert_never

from core.recipes import load
from core.workflow.granularity import pipeline_in
from simulation.arrivals import arrivals
from simulation.batch import Turns, as_items, page
from simulation.book import Values
from simulation.compiled import program as compiled
from simulation.context import Context
from simulation.execution import Execution, Totals
from simulation.kernel import Kernel
from simulation.platforms.front_door import Enter
from simulation.program import Chain, FanOut, Program
from simulation.remembered import interpreted
from simulation.streams import Draw, Streams
from simulation.work import PhotoWork, Sleep, Work
from simulation.workload import Workload
from simulation.world import Orchestrator, build

DELIVERY_SIGMA = 0.4
BETWEEN_BURSTS_S = 60.0


def simulate(workload: Workload, values: Values, seed: int) -> list[Totals]:
    """Return the totals of every burst, or of the whole time of other arrivals.

    Each burst meets the platform in the same state: it is a repetition.
    """
    bursts = workload.arrivals.bursts if workload.arrivals.kind == "burst" else 1
    return [run(workload, values, Streams(seed * 1_000 + burst)) for burst in range(bursts)]


def executions(workload: Workload, values: Values) -> Iterator[tuple[int, float, Execution]]:
    """Yield every execution of one simulation, with its burst and the seconds at which the burst began."""
    bursts = workload.arrivals.bursts if workload.arrivals.kind == "burst" else 1
    offset = 0.0
    for burst in range(bursts):
        kept: list[Execution] = []
        totals = run(workload, values, Streams(workload.seed * 1_000 + burst), kept)
        for execution in kept:
            yield burst + 1, offset, execution
        offset += ceil(max(totals.last, default=0.0)) + BETWEEN_BURSTS_S


def run(
    workload: Workload,
    values: Values,
    streams: Streams,
    kept: list[Execution] | None = None,
    made: Program | None = None,
) -> Totals:
    """Simulate once; executions in ``kept`` keep a log of their tasks, ``made`` replaces the program."""
    workload = as_items(workload)
    kernel, totals = Kernel(), Totals()
    program, work = made or _program(workload), _work(workload, values)
    batch = workload.arrivals.kind == "batch"
    delivery = None if batch else _delivery(workload, values, streams)

    def deliver(orchestrator: Orchestrator) -> Enter:
        def upload(execution: Execution) -> None:
            execution.uploaded = kernel.now
            if delivery is None:
                orchestrator.start(execution)
            else:
                kernel.at(kernel.now + delivery(), orchestrator.start, execution)

        return upload

    enter = build(Context(kernel, values, streams, totals, program, work), workload, deliver)
    starting = _Starting(kernel, program, enter, kept)
    coming = arrivals(workload, streams)
    if batch:
        sizes = (size for _, size in coming)
        turns = Turns(starting.start, sizes, workload.arrivals.at_once, page(workload))
        totals.ended = lambda: kernel.at(kernel.now, lambda _: turns.ended())
        turns.begin()
    else:
        _arrive(kernel, coming, starting)
    kernel.run()
    return totals


def _delivery(workload: Workload, values: Values, streams: Streams) -> Draw | None:
    """Return how long the event of an upload takes; the published experiments have none."""
    if workload.workflow.kind != "photo":
        return None
    return streams.lognormal("delivery", values[f"stores.{workload.platform.cloud}_event_s"], DELIVERY_SIGMA)


class _Starting:
    """Let photos enter, each as an execution, and keep those with a log of their tasks if they are wanted."""

    def __init__(self, kernel: Kernel, program: Program, enter: Enter, kept: list[Execution] | None) -> None:
        self._kernel, self._program, self._enter, self._kept = kernel, program, enter, kept
        self._number = 0

    def start(self, size: float) -> None:
        """Let a photo of so many megapixels enter, now."""
        execution = Execution(self._number, self._kernel.now, size, self._program.start)
        self._number += 1
        if self._kept is not None:
            execution.log = []
            self._kept.append(execution)
        self._enter(execution)


def _arrive(kernel: Kernel, coming: Iterator[tuple[float, float]], starting: _Starting) -> None:
    """Let each arrival add the next, so that the heap holds one of them."""

    def arrive(size: float) -> None:
        starting.start(size)
        add()

    def add() -> None:
        following = next(coming, None)
        if following is not None:
            kernel.at(following[0], arrive, following[1])

    add()


def _program(workload: Workload) -> Program:
    flow, platform = workload.workflow, workload.platform
    match flow.kind:
        case "chain":
            return Chain(flow.tasks, flow.seconds)
        case "fan_out":
            return FanOut(flow.tasks, flow.seconds)
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
