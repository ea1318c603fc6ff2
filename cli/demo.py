"""What ``make demo`` runs: the sample photos through both clouds, emulated here, and a report of it.

Both stacks are deployed stepwise first, and then changed to the fused granularity by another ``pulumi up``.

It works in a set-up of its own, beside one that ``twinlens local up`` may have running, and takes it down
again whatever happens.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rich.markup import escape

from cli.collect import collect_run
from cli.console import console, print_error, progress
from cli.deployment import ROOT, Deployment
from cli.main import explain
from cli.records import head, keep_previews, record
from cli.report import show
from cli.uploads import follow, send
from compare.folder import append_jobs, read, write_head
from compare.report import build, write
from compare.run import JobRecord, Plan
from core.errors import TwinlensError
from core.trace import now
from core.workflow.granularity import GRANULARITIES
from local import emulators, stack, state
from local.stack import LocalStack
from local.toolchain.progress import seconds

SAMPLES = ROOT / "samples"
OUT = ROOT / "out"
REJECTED = frozenset({"not-a-photo.jpg", "truncated.jpg"})  # the samples that are no good, on purpose
TIMEOUT_SECONDS = 300  # for one photo

Phases = dict[str, float]


@dataclass(frozen=True)
class Demonstrated:
    """One run of the samples: its folder, and what became of them."""

    name: str
    folder: Path
    records: tuple[JobRecord, ...]


def main() -> None:
    """Run the demo; leave with 0 only if every sample ended as it should everywhere."""
    os.environ[state.VARIABLE] = str(ROOT / ".twinlens" / "demo" / "local.json")
    try:
        with emulators.ending_politely():
            told = demo()
    except TwinlensError as error:
        print_error(explain(error))
        sys.exit(1)
    except KeyboardInterrupt:
        print_error("Interrupted; everything is taken down.")
        sys.exit(130)
    for surprise in told:
        print_error(surprise)
    sys.exit(1 if told else 0)


def demo() -> list[str]:
    """Do it all and return what did not end as it should, a sentence each."""
    phases: Phases = {}
    done: list[Demonstrated] = []
    try:
        with _phase(phases, "start the emulators"):
            if not all(emulators.status().values()):
                emulators.down()  # what an earlier demo left behind
            emulators.up()
        for granularity in GRANULARITIES:
            for name in LocalStack:
                with _phase(phases, f"pulumi up {name}, {granularity}"):
                    stack.up(name, settings={"twinlens:granularity": granularity})
            with _phase(phases, f"process the samples, {granularity}"):
                deployments = [Deployment.of(name) for name in LocalStack]
                fresh = process(deployments)
            with _phase(phases, f"collect what was billed, {granularity}"):
                for deployment, each in zip(deployments, fresh, strict=True):
                    collect_run(deployment, read(each.folder))
            done += fresh
        with _phase(phases, "write the report"):
            runs = [read(each.folder) for each in done]
            runs.sort(key=lambda each: each.run.stack)
            report = build(runs)
            page = write(report, runs, OUT)
    finally:
        with _phase(phases, "take everything down"):
            emulators.down()
    show(report)
    console.print("\n" + ", ".join(f"{name}: {seconds(took)}" for name, took in phases.items()))
    console.print(f"[bold]The report: {escape(str(page))}[/bold]")
    return surprises(done)


def process(deployments: Sequence[Deployment]) -> list[Demonstrated]:
    """Put all samples into all deployments, one at a time; return the runs.

    Together they would wait for this machine's cores, and the report would show little but that.
    """
    photos = sorted(path for path in SAMPLES.iterdir() if path.suffix != ".md")
    done = []
    with progress() as bar:
        task = bar.add_task("processing", total=len(photos) * len(deployments), note="")
        for deployment in deployments:
            run = head(deployment, photos, Plan(bursts=len(photos), burst_size=1))
            folder = OUT / "runs" / f"{deployment.stack}-{run.granularity}"
            shutil.rmtree(folder, ignore_errors=True)
            records = []
            for number, photo in enumerate(photos, start=1):
                # The same upload under the same key would be the same job in both granularities.
                upload = send(deployment, photo, f"{run.granularity}/{photo.name}")
                row = follow([upload], TIMEOUT_SECONDS, lambda _: bar.advance(task)).get(upload)
                records.append(record(upload, row, burst=number, outputs=True))
                keep_previews(folder, run, upload, row)
            write_head(folder, replace(run, ended=now()))
            append_jobs(folder, records)
            done.append(Demonstrated(folder.name, folder, tuple(records)))
    return done


def surprises(done: Sequence[Demonstrated]) -> list[str]:
    """Return a sentence for each sample that did not end as it should."""
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
    return told + [f"The outputs of {photo} are not the same in all runs." for photo in differing]


@contextmanager
def _phase(phases: Phases, name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    phases[name] = time.monotonic() - began


if __name__ == "__main__":
    main()
