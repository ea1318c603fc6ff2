"""Write a simulation as a run folder, which the report and the statistics read like any other."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from itertools import batched
from math import sqrt
from pathlib import Path
from typing import cast

from compare.folder import HEAD, append_jobs, read_head, write_head
from compare.run import ApiCalls, JobRecord, Outcome, PhotoFile, Plan, Run, RunBatch, RunError, Where
from core.job import Artifact, Job, Photo, Rendition, Source, job_id
from core.recipe import FILTERED, Recipe
from core.recipes import load
from core.trace import TraceEntry
from core.workflow.document import to_document
from core.workflow.granularity import FUSED, pipeline_in
from simulation.batch import as_items
from simulation.book import Values
from simulation.execution import Execution, TaskLog
from simulation.once import bursts
from simulation.predict import extrapolations
from simulation.work import PhotoWork
from simulation.workload import Workload

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
REGIONS = {"aws": "us-east-1", "azure": "eastus2"}
MIB = 2**20
LINES = 5_000  # written at a time
CALIBRATED = "calibrated on published measurements"
SIMULATED: Where = "simulated"


def write(workload: Workload, values: Values, out: Path) -> Path:
    """Simulate the photo workload once and write its run folder; return the folder.

    A run of an equal workload is replaced, and what is left of one that was interrupted.

    Raises:
        RunError: The folder exists and is no simulated run.
    """
    workload = as_items(workload)
    name = f"simulated-{workload.platform.name.replace('.', '-')}-{workload.workflow.granularity}"
    folder = out / f"{name}-{_digest(workload)}"
    if folder.exists():
        if (folder / HEAD).exists() and read_head(folder).where != "simulated":
            raise RunError(f"{folder} is in the way: it is a run that was not simulated.")
        shutil.rmtree(folder)
    made = _Records(workload, values)
    folder.mkdir(parents=True)
    ended = 0.0
    for some in batched(made.all(), LINES, strict=False):
        append_jobs(folder, some)
        ended = made.ended
    write_head(folder, _head(workload, folder.name, made, ended))
    return folder


def _digest(workload: Workload) -> str:
    return hashlib.sha256(repr(workload).encode()).hexdigest()[:8]


def _head(workload: Workload, name: str, made: _Records, ended: float) -> Run:
    platform, arrivals, flow = workload.platform, workload.arrivals, workload.workflow
    rated = arrivals.kind not in ("burst", "batch")
    reasons = extrapolations(workload)
    return Run(
        name=name,
        stack=name.rpartition("-")[0],
        cloud=platform.cloud,
        orchestrator=platform.orchestrator,
        granularity=flow.granularity,
        architecture=platform.architecture,
        memory_mb=platform.memory_mb,
        region=REGIONS[platform.cloud],
        recipe=flow.recipe,
        where=SIMULATED,
        started=stamp(0.0),
        ended=stamp(ended),
        versions={"Twinlens": version("twinlens")},
        photos=tuple(made.photos.values()),
        plan=Plan(
            bursts=arrivals.bursts if arrivals.kind == "burst" else 1,
            burst_size=arrivals.jobs if rated else arrivals.count,
            rate=arrivals.rate_per_second if rated else None,
        ),
        batch=RunBatch(SIMULATED, arrivals.count, arrivals.at_once, made.states)
        if arrivals.kind == "batch"
        else None,
        workflow=to_document(pipeline_in(flow.granularity)),
        front_door=arrivals.via_api,
        cdn=arrivals.via_api,  # as by default
        via_api=arrivals.via_api,
        rests_on=f"extrapolated: {'; '.join(reasons)}" if reasons else CALIBRATED,
    )


def stamp(seconds: float) -> str:
    """Return a moment of simulated time as text, rounded to a millisecond."""
    moment = BEGINNING + timedelta(milliseconds=round(seconds * 1000))
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class _Pictures:
    """What a photo of one size becomes."""

    photo: Photo
    renditions: tuple[Rendition, ...]
    artifacts: tuple[Artifact, ...]


class _Records:
    """The records of a simulation; ``photos``, ``states`` and ``ended`` grow while they are made."""

    def __init__(self, workload: Workload, values: Values) -> None:
        self._workload, self._values = workload, values
        self._recipe = load(workload.workflow.recipe)
        workflow = pipeline_in(workload.workflow.granularity)
        self._parts = PhotoWork(values, workflow, self._recipe, workload.platform.cloud).parts
        self._fused = workload.workflow.granularity == FUSED
        self._container = "simulated"
        self._pictures: dict[str, _Pictures] = {}
        self.photos: dict[str, PhotoFile] = {}
        self.states: Counter[str] = Counter()
        self.ended = 0.0

    def all(self) -> Iterator[JobRecord]:
        """Yield every record."""
        for burst in bursts(self._workload, self._values):
            self.ended = burst.ended
            for execution in burst.executions:
                record = self._record(execution, burst.number, burst.began)
                self.states[record.state] += 1
                yield record

    def _record(self, execution: Execution, burst: int, offset: float) -> JobRecord:
        photo = self._photo(execution.size)
        key = f"incoming/{burst}/{execution.number}-{photo.name}"
        identity = job_id(self._container, key, "simulated", self._recipe.name)
        asked, sent = stamp(offset + execution.arrived), stamp(offset + execution.uploaded)
        log = execution.log or []
        recorded = next((each for each in reversed(log) if each.activity == "record"), None)
        if recorded is None:
            return JobRecord(identity, photo.name, asked, sent, "lost", burst=burst)
        if photo.name not in self._pictures:
            self._pictures[photo.name] = _pictures(self._recipe, execution.size, self._fused)
        made = self._pictures[photo.name]
        steps = [each for each in log if each.activity in self._parts]
        done = recorded.payload == "succeeded"
        job = Job(
            id=identity,
            recipe=self._recipe.name,
            source=Source(self._container, key, "simulated", photo.size),
            execution=identity,
            uploaded_at=sent,
            accepted_at=stamp(offset + execution.accepted),
            state=recorded.payload,
            photo=made.photo,
            renditions=made.renditions if done else (),
            artifacts=made.artifacts if done else (),
            trace=tuple(self._entry(each, execution, offset, photo.size) for each in steps),
        )
        return JobRecord(
            id=identity,
            photo=photo.name,
            began=asked,
            sent=sent,
            state=cast(Outcome, recorded.payload),
            recorded_at=stamp(offset + recorded.ended),
            job=job,
            burst=burst,
            api=_calls(execution, recorded.ended),
        )

    def _photo(self, megapixels: float) -> PhotoFile:
        """Return the photo of this size, to whole megapixels."""
        name = f"{max(1, round(megapixels))}-megapixels.jpg"
        if name not in self.photos:
            size = round(max(1, round(megapixels)) * self._values["work.photo_mib_per_megapixel"] * MIB)
            self.photos[name] = PhotoFile(name, size, hashlib.sha256(name.encode()).hexdigest())
        return self.photos[name]

    def _entry(self, log: TaskLog, execution: Execution, offset: float, size: int) -> TraceEntry:
        _, _, down, down_size, up = self._parts[log.activity]
        took = (log.ended - log.began) * 1000
        download = min(took, (down + down_size * execution.size) * 1000)
        upload = min(took - download, up * 1000)
        return TraceEntry(
            step=log.activity,
            attempt=log.attempt,
            started=stamp(offset + log.began),
            ended=stamp(offset + log.ended),
            cold=log.cold,
            instance=str(log.instance),
            memory_mb=self._workload.platform.memory_mb,
            download_ms=round(download, 3),
            compute_ms=round(took - download - upload, 3),
            upload_ms=round(upload, 3),
            bytes_in=size if down_size else 0,
            bytes_out=0,
        )


def _calls(execution: Execution, ended: float) -> ApiCalls | None:
    """Return the calls of the front door for a job: a client asks, and then waits for its end."""
    if not execution.calls:
        return None
    asked_ms = (execution.uploaded - execution.arrived) * 1000
    waited_ms = max(0.0, ended - execution.uploaded) * 1000
    return ApiCalls(execution.calls, round(asked_ms, 3), round(asked_ms + waited_ms, 3))


def _pictures(recipe: Recipe, megapixels: float, fused: bool) -> _Pictures:
    """Return what a photo becomes: as many pictures as the recipe makes, of about their size."""
    width = round(sqrt(megapixels * 1e6 * 4 / 3))
    photo = Photo("JPEG", width, round(width * 3 / 4), 1)
    boxes = [(each.name, each.width, each.height) for each in recipe.sizes]
    if recipe.filters:
        boxes.append((FILTERED, *boxes[0][1:]))
    renditions = tuple(Rendition(name, f"work/{name}.png", wide, high) for name, wide, high in boxes)
    artifacts = tuple(_artifact(recipe, *box) for box in _outputs(recipe, boxes))
    return _Pictures(photo, () if fused else renditions, artifacts)


type Box = tuple[str, int, int]


def _outputs(recipe: Recipe, boxes: Sequence[Box]) -> Iterator[tuple[Box, str]]:
    for box in boxes:
        for output in recipe.outputs:
            yield box, output.format


def _artifact(recipe: Recipe, box: Box, kind: str) -> Artifact:
    name, width, height = box
    return Artifact(f"{name}.{kind}", f"jobs/{name}.{kind}", f"image/{kind}", width, height, 150_000)
