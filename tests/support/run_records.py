"""Run folders for tests: real files, made-up times."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from compare import format_1
from compare.folder import append_jobs, preview_path, write_head
from compare.run import JobRecord, PhotoFile, Plan, Run
from core.job import Artifact, Job, Photo, Problem, Source
from core.trace import TraceEntry

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
# When each step begins after the first and how long it takes, in milliseconds.
STEPS = {
    "stepwise": {
        "validate": (0, 60),
        "resize": (90, 300),
        "apply_filters": (95, 420),
        "optimize": (560, 350),
    },
    "fused": {"process": (0, 1130)},
}


def iso(ms: float) -> str:
    return (START + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def entry(step: str, started: float, took: float, *, cold: bool = False, attempt: int = 1) -> TraceEntry:
    return TraceEntry(
        step=step,
        attempt=attempt,
        started=iso(started),
        ended=iso(started + took),
        cold=cold,
        instance="a1",
        memory_mb=1024,
        download_ms=took * 0.2,
        compute_ms=took * 0.7,
        upload_ms=took * 0.1,
        bytes_in=1000,
        bytes_out=500,
    )


def record(
    photo: str,
    at: float = 0,
    pace: float = 1.0,
    state: str = "succeeded",
    *,
    burst: int = 1,
    cold: bool = False,
    granularity: str = "stepwise",
) -> JobRecord:
    """One job: sent at ``at``, accepted 100 ms later, its steps stretched by ``pace``."""
    key = f"incoming/{burst}/{photo}"
    identifier = hashlib.sha256(f"{key}{at}".encode()).hexdigest()[:32]
    steps = STEPS[granularity] if state == "succeeded" else {next(iter(STEPS[granularity])): (0, 60)}
    accepted = at + 100
    trace = tuple(
        entry(name, accepted + 20 + pace * start, pace * took, cold=cold)
        for name, (start, took) in steps.items()
    )
    end = accepted + 20 + pace * max(start + took for start, took in steps.values()) + 50
    done = state == "succeeded"
    job = Job(
        id=identifier,
        recipe="gallery",
        source=Source("photos-in", key, "e1", 123_456),
        execution="x",
        uploaded_at=iso(at - 5),
        accepted_at=iso(accepted),
        state=state,
        photo=Photo("jpeg", 800, 600, 1),
        artifacts=(Artifact("display.jpg", f"jobs/{identifier}/display.jpg", "image/jpeg", 8, 6, 4000),)
        if done
        else (),
        error=None if done else Problem("DamagedPhoto", f"{photo} ends in the middle of the picture."),
        trace=trace,
    )
    lost = state == "lost"
    return JobRecord(
        id=identifier,
        photo=photo,
        began=iso(at - 30),
        sent=iso(at),
        state=state,
        recorded_at=None if lost else iso(end),
        job=None if lost else job,
        outputs={"display.jpg": hashlib.sha256(photo.encode()).hexdigest()} if done else {},
        burst=burst,
    )


def head(stack: str, photos: Sequence[str], **changes: object) -> Run:
    values = {
        "name": f"{stack}-20260105-120000",
        "stack": stack,
        "cloud": stack.partition("-")[0],
        "orchestrator": "storage" if stack.startswith("azure") else "standard",
        "granularity": "stepwise",
        "architecture": "x86_64" if stack.startswith("azure") else "arm64",
        "memory_mb": 1024,
        "region": "us-east-1",
        "recipe": "gallery",
        "where": "emulator",
        "started": iso(0),
        "ended": iso(60_000),
        "versions": {"twinlens": "0.1.0"},
        "photos": tuple(
            PhotoFile(name, 123_456, hashlib.sha256(name.encode()).hexdigest()) for name in photos
        ),
        "plan": Plan(bursts=1, burst_size=len(photos)),
    }
    values |= changes
    granularity = str(values["granularity"])
    return Run(**{"workflow": format_1.workflow(granularity), **values})


MakeRun = Callable[..., Path]
MakeRecord = Callable[..., JobRecord]
MakeEntry = Callable[..., TraceEntry]


@pytest.fixture(scope="session")
def make_record() -> MakeRecord:
    """Make a job's record: see :func:`record`."""
    return record


@pytest.fixture(scope="session")
def make_head() -> Callable[..., Run]:
    """Make the head of a run: see :func:`head`."""
    return head


@pytest.fixture(scope="session")
def make_entry() -> MakeEntry:
    """Make a trace entry: see :func:`entry`."""
    return entry


def write_run(parent: Path, stack: str, records: Sequence[JobRecord], **changes: object) -> Path:
    """Write a run folder of these records and return it; every photo has a small picture before and after."""
    run = head(stack, list(dict.fromkeys(each.photo for each in records)), **changes)
    folder = parent / run.name
    write_head(folder, run)
    append_jobs(folder, records)
    (folder / "previews").mkdir()
    shade = random.Random(1)
    for photo in run.photos:
        for name in ("before", "display", "filtered"):
            picture = Image.new("RGB", (48, 36), tuple(shade.randrange(256) for _ in range(3)))
            picture.save(preview_path(folder, photo, name))
    return folder


@pytest.fixture
def make_run(tmp_path: Path) -> MakeRun:
    """Write a run folder: see :func:`write_run`."""
    return partial(write_run, tmp_path)
