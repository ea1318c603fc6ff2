"""What ``make demo`` runs: the sample photos through both clouds, emulated here, and a report of it.

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
from dataclasses import replace
from pathlib import Path

from rich.markup import escape

from cli.collect import collect_run
from cli.console import console, print_error, progress
from cli.deployment import ROOT, Deployment
from cli.records import head, keep_previews, record
from cli.report import show
from cli.uploads import Upload, follow, send_together
from compare.folder import append_jobs, read, write_head
from compare.report import build, write
from compare.run import JobRecord, Plan
from core.errors import TwinlensError
from core.trace import now
from local import emulators, stack, state
from local.stack import LocalStack
from local.toolchain.progress import seconds

SAMPLES = ROOT / "samples"
OUT = ROOT / "out"
REJECTED = frozenset({"not-a-photo.jpg", "truncated.jpg"})  # the samples that are no good, on purpose
TIMEOUT_SECONDS = 600
# All at once, the report would show little but this machine's cores being waited for.
UPLOADS_A_SECOND = 1.0

Phases = dict[str, float]


def main() -> None:
    """Run the demo; leave with 0 only if every sample ended as it should on both clouds."""
    os.environ[state.VARIABLE] = str(ROOT / ".twinlens" / "demo" / "local.json")
    try:
        with emulators.ending_politely():
            surprises = demo()
    except TwinlensError as error:
        print_error(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        print_error("Interrupted; everything is taken down.")
        sys.exit(130)
    for surprise in surprises:
        print_error(surprise)
    sys.exit(1 if surprises else 0)


def demo() -> list[str]:
    """Do it all and return what did not end as it should, a sentence each."""
    phases: Phases = {}
    try:
        with _phase(phases, "start the emulators"):
            emulators.up()
        for name in LocalStack:
            with _phase(phases, f"pulumi up {name}"):
                stack.up(name)
        with _phase(phases, "process the samples"):
            deployments = [Deployment.of(name) for name in LocalStack]
            folders, surprises = process(deployments)
        with _phase(phases, "collect what was billed"):
            for deployment, folder in zip(deployments, folders, strict=True):
                collect_run(deployment, read(folder))
        with _phase(phases, "write the report"):
            runs = [read(folder) for folder in folders]
            report = build(runs)
            page = write(report, runs, OUT)
    finally:
        with _phase(phases, "take everything down"):
            emulators.down()
    show(report)
    console.print("\n" + ", ".join(f"{name}: {seconds(took)}" for name, took in phases.items()))
    console.print(f"[bold]The report: {escape(str(page))}[/bold]")
    return surprises


def process(deployments: Sequence[Deployment]) -> tuple[list[Path], list[str]]:
    """Put all samples into all deployments in turn; return the run folders and what went wrong."""
    photos = sorted(path for path in SAMPLES.iterdir() if path.suffix != ".md")
    plan = Plan(bursts=1, burst_size=len(photos), rate=UPLOADS_A_SECOND / len(deployments))
    runs = [head(deployment, photos, plan) for deployment in deployments]
    with progress() as bar:
        task = bar.add_task("processing", total=len(photos) * len(deployments), note="")
        sending = [(each, photo, photo.name) for photo in photos for each in deployments]
        uploads = send_together(sending, UPLOADS_A_SECOND)
        rows = follow(uploads, TIMEOUT_SECONDS, lambda _: bar.advance(task))
    records = {upload: record(upload, rows.get(upload), outputs=True) for upload in uploads}
    folders = []
    for deployment, run in zip(deployments, runs, strict=True):
        folder = OUT / "runs" / deployment.stack
        shutil.rmtree(folder, ignore_errors=True)
        write_head(folder, replace(run, ended=now()))
        mine = [upload for upload in uploads if upload.deployment is deployment]
        append_jobs(folder, [records[upload] for upload in mine])
        for upload in mine:
            keep_previews(folder, run, upload, rows.get(upload))
        folders.append(folder)
    return folders, surprises(records)


def surprises(records: dict[Upload, JobRecord]) -> list[str]:
    """Return a sentence for each sample that did not end as it should."""
    told = []
    outputs: dict[str, set[frozenset[tuple[str, str]]]] = {}
    for upload, made in records.items():
        expected = "rejected" if made.photo in REJECTED else "succeeded"
        if made.state != expected:
            reason = made.job.error.message if made.job and made.job.error else "no reason was recorded"
            which = f"{made.photo} on {upload.deployment.stack}"
            told.append(f"{which} should be {expected}, but is {made.state}: {reason}")
        if made.state == "succeeded":
            outputs.setdefault(made.photo, set()).add(frozenset(made.outputs.items()))
    differing = [photo for photo, kinds in outputs.items() if len(kinds) > 1]
    return told + [f"The outputs of {photo} differ between the clouds." for photo in differing]


@contextmanager
def _phase(phases: Phases, name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    phases[name] = time.monotonic() - began


if __name__ == "__main__":
    main()
