"""The demonstration: process the sample photos on emulators of both clouds, and write a report.

Its last section is a simulation: what to expect of every variant at a month's volume on the real clouds.

Both stacks are deployed stepwise first, and then changed to the fused granularity by another ``pulumi up``.

It uses its own emulators, separate from those of ``twinlens local up``, and always stops them at the end.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rich.progress import Progress

from bench import project
from bench.accounts import collect_run
from bench.records import head, keep_previews, record
from bench.sending import follow, send
from bench.stack import DeployedStack
from compare.folder import append_jobs, read, write_head
from compare.prices.reading import load as load_prices
from compare.report import Report, build, write
from compare.report.build import IMAGES_PER_MONTH
from compare.run import JobRecord, Plan
from core.trace import now
from core.workflow.granularity import GRANULARITIES
from local import emulators, stack, state
from local.environment import LocalStack
from simulation.advice.advise import Question, advise
from simulation.advice.forecast import forecast
from simulation.book import load
from simulation.workload import Photos

ROOT = project.root()
SAMPLES = ROOT / "samples"
OUT = ROOT / "out"
REJECTED = frozenset({"not-a-photo.jpg", "truncated.jpg"})  # samples that are deliberately not valid photos
TIMEOUT_SECONDS = 300  # for one photo
P95_SECONDS = 5.0  # the latency that the simulation asks for


@dataclass(frozen=True)
class SampleRun:
    """One run of the samples: its folder and its job records."""

    name: str
    folder: Path
    records: tuple[JobRecord, ...]


@dataclass(frozen=True)
class Demonstration:
    """The results of a demonstration, the seconds that each phase took, and the unexpected results."""

    report: Report
    page: Path
    phases: Mapping[str, float]
    surprises: Sequence[str]


def demonstrate(progress: Callable[[], Progress]) -> Demonstration:
    """Deploy both stacks in both granularities, process the samples with them and write the report.

    ``progress`` creates a progress display for the photos of one granularity.
    """
    os.environ[state.VARIABLE] = str(ROOT / ".twinlens" / "demo" / "local.json")
    phases: dict[str, float] = {}
    done: list[SampleRun] = []
    try:
        with _phase(phases, "start the emulators"):
            if not all(emulators.status().values()):
                emulators.down()  # left over from an earlier demonstration
            emulators.up()
        for granularity in GRANULARITIES:
            for name in LocalStack:
                with _phase(phases, f"pulumi up {name}, {granularity}"):
                    stack.up(name, settings={"twinlens:granularity": granularity})
            with _phase(phases, f"process the samples, {granularity}"), progress() as bar:
                deployments = [DeployedStack.of(name) for name in LocalStack]
                fresh = process(deployments, bar)
            with _phase(phases, f"collect the reported usage, {granularity}"):
                for deployment, each in zip(deployments, fresh, strict=True):
                    collect_run(deployment, read(each.folder))
            done += fresh
        with _phase(phases, "simulate a month"):
            question = Question(IMAGES_PER_MONTH, "daily", Photos(), P95_SECONDS, 0.0)
            predicted = forecast(advise(question, load(), load_prices()))
        with _phase(phases, "write the report"):
            runs = [read(each.folder) for each in done]
            runs.sort(key=lambda each: each.run.stack)
            report = build(runs, forecast=predicted)
            page = write(report, runs, OUT)
    finally:
        with _phase(phases, "stop the emulators"):
            emulators.down()
    return Demonstration(report, page, phases, surprises(done))


def process(deployments: Sequence[DeployedStack], bar: Progress) -> list[SampleRun]:
    """Send all samples to all deployments, one at a time; return the runs.

    Sent together they would compete for this machine's cores, which would dominate the report.
    """
    photos = sorted(path for path in SAMPLES.iterdir() if path.suffix != ".md")
    task = bar.add_task("processing", total=len(photos) * len(deployments), note="")
    done = []
    for deployment in deployments:
        run = head(deployment, photos, Plan(bursts=len(photos), burst_size=1))
        folder = OUT / "runs" / f"{deployment.stack}-{run.granularity}"
        shutil.rmtree(folder, ignore_errors=True)
        records = []
        for number, photo in enumerate(photos, start=1):
            # Under the same key, an upload would belong to the same job in both granularities.
            upload = send(deployment, photo, f"{run.granularity}/{photo.name}")
            row = follow([upload], TIMEOUT_SECONDS, lambda _: bar.advance(task)).get(upload)
            records.append(record(upload, row, burst=number, outputs=True))
            keep_previews(folder, run, upload, row)
        write_head(folder, replace(run, ended=now()))
        append_jobs(folder, records)
        done.append(SampleRun(folder.name, folder, tuple(records)))
    return done


def surprises(done: Sequence[SampleRun]) -> list[str]:
    """Return a sentence for each sample with an unexpected result."""
    told = []
    outputs: dict[str, set[frozenset[tuple[str, str]]]] = {}
    for run in done:
        for made in run.records:
            expected = "rejected" if made.photo in REJECTED else "succeeded"
            if made.state != expected:
                reason = made.job.error.message if made.job and made.job.error else "no reason was recorded"
                told.append(f"{made.photo} on {run.name} should be {expected}, but is {made.state}: {reason}")
            if made.state == "succeeded":
                outputs.setdefault(made.photo, set()).add(frozenset(made.outputs.items()))
    differing = [photo for photo, kinds in outputs.items() if len(kinds) > 1]
    return told + [f"The outputs of {photo} differ between runs." for photo in differing]


@contextmanager
def _phase(phases: dict[str, float], name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    phases[name] = time.monotonic() - began
