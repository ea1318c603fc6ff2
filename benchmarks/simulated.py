"""Measure the simulation: photo jobs a second on one core, growth with their number, and run folders.

    .venv/bin/python -m benchmarks.simulated [--most 1000000]

Photos arrive at a steady rate, as many as the platform keeps up with. CPU time is measured, so that other
work on the machine matters less.
"""

from __future__ import annotations

import argparse
import resource
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from rich.console import Console
from rich.table import Table

from simulation.book import load
from simulation.once import simulate
from simulation.runs import write
from simulation.workload import Arrivals, Flow, Photos, Platform, Workload

RATES = {"aws.standard": 50.0, "aws.express": 50.0, "azure.storage": 5.0, "azure.scheduler": 5.0}
JOBS = 20_000
RUN_JOBS = 5_000


def workload(name: str, granularity: str, jobs: int) -> Workload:
    """Return photos at the platform's rate."""
    rate = RATES[name]
    memory = 2048 if name.startswith("azure") else 1024
    return Workload(
        Arrivals(kind="rate", rate_per_second=rate, hours=jobs / rate / 3600),
        Photos(12, 24),
        Flow(granularity=granularity),
        Platform(name=name, memory_mb=memory),
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=100_000, help="jobs of the largest simulation")
    most = parser.parse_args().most
    values, console = load().values(), Console()
    table = Table("platform", "granularity", "jobs", "CPU s", "jobs/s")
    for name in RATES:
        for granularity in ("stepwise", "fused"):
            jobs = JOBS
            simulate(workload(name, granularity, 100), values, 1)  # builds the program
            began = process_time()
            simulate(workload(name, granularity, jobs), values, 1)
            took = process_time() - began
            table.add_row(name, granularity, f"{jobs:,}", f"{took:.2f}", f"{jobs / took:,.0f}")
    console.print(table)
    growth = Table("platform", "jobs", "CPU s", "microseconds a job", "peak memory, MiB")
    for name in ("aws.standard", "azure.storage"):
        jobs = 1_000
        while jobs <= most:
            began = process_time()
            simulate(workload(name, "stepwise", jobs), values, 1)
            took = process_time() - began
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            growth.add_row(name, f"{jobs:,}", f"{took:.2f}", f"{took / jobs * 1e6:,.0f}", f"{peak:,.0f}")
            jobs *= 10
    console.print(growth)
    with TemporaryDirectory() as folder:
        began = process_time()
        write(workload("aws.standard", "stepwise", RUN_JOBS), values, Path(folder))
        took = process_time() - began
    console.print(f"With run folders: {RUN_JOBS / took:,.0f} jobs/s.")


if __name__ == "__main__":
    main()
