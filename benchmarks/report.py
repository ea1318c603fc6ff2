"""Measure how long ``twinlens report`` takes for two runs of many jobs, and the size of its page.

It makes the runs, with random times, and runs the whole command on them:

    .venv/bin/python -m benchmarks.report --jobs 50000
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console

from compare.folder import append_jobs, write_head
from compare.run import JobRecord, PhotoFile, Plan, Run
from core.job import Artifact, Job, Photo, Source
from core.trace import TraceEntry, stamp
from core.workflow.document import to_document
from core.workflow.photo import PIPELINE

console = Console(highlight=False)
START = datetime(2026, 1, 5, 12, tzinfo=UTC)
STACKS = {
    "aws-local": ("standard", "us-east-1", 1024, 1.0),
    "azure-local": ("storage", "eastus2", 2048, 1.7),
}
# When each step begins after the job, and how long it takes, in milliseconds.
STEPS = {"validate": (20, 60), "resize": (110, 300), "apply_filters": (115, 420), "optimize": (580, 350)}
BURST = 30
BYTES = 1_000_000


def main() -> None:
    """Make the runs, report them and print the time and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=50_000, help="jobs of each of the two runs")
    parser.add_argument("--photos", type=int, default=BURST, help="photos of the set, sent in turn")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folders = [_run(Path(made), stack, options.jobs, options.photos) for stack in STACKS]
        command = [str(Path(sys.executable).with_name("twinlens")), "report", *map(str, folders)]
        began = time.monotonic()
        subprocess.run([*command, "--out", f"{made}/out"], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        took = time.monotonic() - began
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        page = Path(made) / "out" / "report.html"
        console.print(f"{len(folders) * options.jobs:,} jobs of {options.photos:,} photos in two runs")
        console.print(f"{took:.1f} s in all, {used.ru_utime + used.ru_stime:.1f} s of CPU")
        console.print(f"{used.ru_maxrss / 1024:,.0f} MiB at most")
        console.print(
            f"{page.stat().st_size / 1e6:.2f} MB of page, {page.read_text().count('<') // 2:,} elements or so"
        )


def _run(made: Path, stack: str, jobs: int, photos: int) -> Path:
    """Make one run folder."""
    orchestrator, region, memory_mb, pace = STACKS[stack]
    files = tuple(_photo(number) for number in range(photos))
    run = Run(
        name=f"{stack}-made-up",
        stack=stack,
        cloud=stack.partition("-")[0],
        orchestrator=orchestrator,
        granularity="stepwise",
        architecture="x86_64",
        memory_mb=memory_mb,
        region=region,
        recipe="gallery",
        where="emulator",
        started=_iso(0),
        ended=_iso(jobs * 150),
        versions={"Twinlens": "made up"},
        photos=files,
        plan=Plan(bursts=-(-jobs // BURST), burst_size=BURST),
        workflow=to_document(PIPELINE),
    )
    write_head(made / stack, run)
    append_jobs(made / stack, _records(jobs, files, memory_mb, pace))
    return made / stack


def _records(jobs: int, files: tuple[PhotoFile, ...], memory_mb: int, pace: float) -> Iterator[JobRecord]:
    noise = random.Random(pace)  # noqa: S311  no secret
    for number in range(jobs):
        burst = number // BURST
        file = files[number % len(files)]
        yield _record(file, number, burst, memory_mb, pace * noise.lognormvariate(0, 0.2))


def _record(file: PhotoFile, number: int, burst: int, memory_mb: int, pace: float) -> JobRecord:
    identifier = hashlib.sha256(str(number).encode()).hexdigest()[:32]
    sent = burst * 4000 + number % BURST * 10
    accepted = sent + 100
    trace = tuple(
        TraceEntry(
            step=step,
            attempt=1,
            started=_iso(accepted + pace * start),
            ended=_iso(accepted + pace * (start + took)),
            cold=burst == 0,
            instance=f"worker-{number % 8}",
            memory_mb=memory_mb,
            download_ms=pace * took * 0.2,
            compute_ms=pace * took * 0.7,
            upload_ms=pace * took * 0.1,
            bytes_in=BYTES,
            bytes_out=BYTES,
        )
        for step, (start, took) in STEPS.items()
    )
    artifacts = tuple(
        Artifact(name, f"jobs/{identifier}/{name}", "image/jpeg", 800, 600, BYTES // 10)
        for name in ("display.jpg", "display.webp", "thumbnail.jpg", "thumbnail.webp")
    )
    ended = _iso(accepted + pace * 950)
    job = Job(
        id=identifier,
        recipe="gallery",
        source=Source("photos-in", f"incoming/{burst}/{file.name}", "etag", BYTES),
        execution="made up",
        uploaded_at=_iso(sent - 5),
        accepted_at=_iso(accepted),
        state="succeeded",
        photo=Photo("jpeg", 4000, 3000, 1),
        artifacts=artifacts,
        trace=trace,
    )
    outputs = {
        each.name: hashlib.sha256(f"{file.name} {each.name}".encode()).hexdigest() for each in artifacts
    }
    return JobRecord(
        id=identifier,
        photo=file.name,
        began=_iso(sent - 30),
        sent=_iso(sent),
        state="succeeded",
        recorded_at=ended,
        job=job,
        outputs=outputs,
        burst=burst + 1,
    )


def _photo(number: int) -> PhotoFile:
    name = f"photo-{number}.jpg"
    return PhotoFile(name, BYTES, hashlib.sha256(name.encode()).hexdigest())


def _iso(ms: float) -> str:
    return stamp(START + timedelta(milliseconds=ms))


if __name__ == "__main__":
    main()
