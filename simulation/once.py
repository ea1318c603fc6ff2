"""Simulate a workload once: let the jobs arrive, and run to the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import assert_never

from core.recipes import load
from core.workflow.granularity import pipeline_in
from simulation.arrivals import arrivals
from simulation.batch import as_items
from simulation.batch import execution as batch_of
from simulation.book import Values
from simulation.compiled import program as compiled
from simulation.context import Context
from simulation.execution import Execution, Task, Totals
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


@dataclass(frozen=True)
class Burst:
    """The executions of a burst, or of the whole time of other arrivals; its seconds of beginning and end."""

    number: int
    began: float
    ended: float
    executions: Sequence[Execution]


def bursts(workload: Workload, values: Values) -> Iterator[Burst]:
    """Yield every burst of one simulation, with a log of the tasks of each execution."""
    began = 0.0
    for number in range(workload.arrivals.bursts if workload.arrivals.kind == "burst" else 1):
        kept: list[Execution] = []
        totals = run(workload, values, Streams(workload.seed * 1_000 + number), kept)
        yield Burst(number + 1, began, began + totals.all_done, kept)
        began += ceil(totals.all_done) + BETWEEN_BURSTS_S


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
    work = _work(workload, values)
    jobs = _Jobs(kernel, made or _program(workload), kept)
    coming = arrivals(workload, streams)
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

    def item(call: Task) -> Execution:
        execution = jobs.make(next(coming)[1])
        execution.parent = call
        return execution

    enter = build(Context(kernel, values, streams, totals, work, item), workload, deliver)
    if batch:
        enter(batch_of(workload))
    else:
        _arrive(kernel, coming, lambda size: enter(jobs.make(size)))
    kernel.run()
    return totals


def _delivery(workload: Workload, values: Values, streams: Streams) -> Draw | None:
    """Return how long the event of an upload takes; the published experiments have none."""
    if workload.workflow.kind != "photo":
        return None
    return streams.lognormal("delivery", values[f"stores.{workload.platform.cloud}_event_s"], DELIVERY_SIGMA)


class _Jobs:
    """Make the executions of photos, and keep those with a log of their tasks if they are wanted."""

    def __init__(self, kernel: Kernel, program: Program, kept: list[Execution] | None) -> None:
        self._kernel, self._program, self._kept = kernel, program, kept
        self._number = 0

    def make(self, size: float) -> Execution:
        """Return the execution of a photo of so many megapixels, which arrives now."""
        execution = Execution(self._number, self._kernel.now, size, self._program)
        self._number += 1
        if self._kept is not None:
            execution.log = []
            self._kept.append(execution)
        return execution


def _arrive(kernel: Kernel, coming: Iterator[tuple[float, float]], enter: Callable[[float], None]) -> None:
    """Let each arrival add the next, so that the heap holds one of them."""

    def arrive(size: float) -> None:
        enter(size)
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
