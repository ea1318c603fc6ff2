"""Choose the retries of throttled calls: many photos at once against a few concurrent executions.

    .venv/bin/python -m benchmarks.throttling
    .venv/bin/python -m benchmarks.throttling --table 50 2 2 60 --seconds 3600

Simulates a cold burst on Step Functions against what the account allows at once. ``--table`` replaces what
the workflow does about throttled calls: attempts, interval, backoff rate, longest interval.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from itertools import product

from rich.console import Console
from rich.table import Table

from core.workflow.granularity import GRANULARITIES, pipeline_in
from core.workflow.model import Parallel, State, Task, Workflow
from core.workflow.retries import THROTTLED, Retry
from simulation.book import load
from simulation.compiled import program
from simulation.once import run
from simulation.streams import Streams
from simulation.workload import Arrivals, Flow, Photos, Platform, Workload

PHOTOS = 5_000
ALLOWED = (10, 100, 1000)
PRICE = 0.000025  # dollars for a transition of a Standard workflow


def retrying(workflow: Workflow, throttled: Retry, seconds: int) -> Workflow:
    """Return the workflow with another table for throttled calls."""

    def other(state: State) -> State:
        if isinstance(state, Task):
            kept = [
                replace(each, errors=tuple(error for error in each.errors if error != THROTTLED))
                for each in state.retry
            ]
            return replace(state, retry=(throttled, *(each for each in kept if each.errors)))
        if isinstance(state, Parallel):
            branches = tuple(tuple(map(other, branch)) for branch in state.branches)
            return replace(state, branches=branches)  # type: ignore[arg-type]
        return state

    return replace(
        workflow,
        name=f"{workflow.name} {throttled}",
        states=tuple(map(other, workflow.states)),
        endings={name: tuple(map(other, states)) for name, states in workflow.endings.items()},
        timeout_seconds=seconds,
    )


def main() -> None:
    """Print what becomes of the burst."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=PHOTOS)
    parser.add_argument("--flavour", choices=("standard", "express"), default="standard")
    parser.add_argument("--memory", type=int, default=1024)
    parser.add_argument("--table", nargs=4, type=float, metavar=("ATTEMPTS", "INTERVAL", "RATE", "LONGEST"))
    parser.add_argument("--seconds", type=int, help="how long an execution may take, with --table")
    asked = parser.parse_args()
    columns = ("granularity", "allowed", "succeeded", "failed", "throttled a photo", "half done, s")
    table = Table(*columns, "all done, s", "retries, $ per 1,000")
    for granularity, allowed in product(GRANULARITIES, ALLOWED):
        workflow = pipeline_in(granularity)
        if asked.table:
            attempts, interval, rate, longest = asked.table
            throttled = Retry((THROTTLED,), int(attempts), int(interval), rate, int(longest))
            workflow = retrying(workflow, throttled, asked.seconds or workflow.timeout_seconds)
        workload = Workload(
            Arrivals(count=asked.photos),
            Photos(),
            Flow(granularity=granularity),
            Platform(f"aws.{asked.flavour}", memory_mb=asked.memory, concurrency=allowed, cold=True),
        )
        totals = run(workload, load().values(), Streams(1), made=program(workflow, asked.flavour))
        ends, photos = sorted(totals.last), asked.photos
        table.add_row(
            granularity,
            f"{allowed:,}",
            f"{totals.states.get('succeeded', 0):,}",
            f"{totals.states.get('failed', 0):,}",
            f"{totals.throttled / photos:.1f}",
            f"{ends[photos // 2]:,.0f}",
            f"{ends[-1]:,.0f}",
            f"{totals.throttled / photos * 1000 * PRICE:.2f}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
