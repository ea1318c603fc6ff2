"""The job document: the small JSON that travels between steps while the bytes stay in the store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from core.trace import TraceEntry

# The folders of the output container: what steps leave for each other, and what is finished.
WORK_PREFIX = "work/"
OUTPUT_PREFIX = "jobs/"


@dataclass(frozen=True)
class Source:
    """The uploaded object a job is about; ``size`` in bytes."""

    container: str
    key: str
    etag: str
    size: int


@dataclass(frozen=True)
class Photo:
    """What validation learnt of the picture: content format, upright pixel size, frames.

    ``copyright`` is the file's own, at most 200 printable characters, if the recipe keeps it.
    """

    format: str
    width: int
    height: int
    frames: int
    copyright: str = ""


@dataclass(frozen=True)
class Rendition:
    """A lossless picture, or an animation's ``frames``, that one step leaves for another under ``work/``."""

    name: str
    key: str
    width: int
    height: int
    frames: int = 1


@dataclass(frozen=True)
class Artifact:
    """A finished output under ``jobs/``; ``size`` in bytes."""

    name: str
    key: str
    content_type: str
    width: int
    height: int
    size: int


@dataclass(frozen=True)
class Problem:
    """Why a job did not succeed: the error's wire name and a sentence for a person."""

    name: str
    message: str


@dataclass(frozen=True)
class Job:
    """One photo on its way through the workflow.

    ``execution`` names the orchestrator's run that claimed the job; ``uploaded_at`` is the store's event
    time and ``accepted_at`` the moment the workflow began (ISO 8601 UTC).
    """

    id: str
    recipe: str
    source: Source
    execution: str
    uploaded_at: str
    accepted_at: str
    state: str = "claimed"
    photo: Photo | None = None
    renditions: tuple[Rendition, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    error: Problem | None = None
    trace: tuple[TraceEntry, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """Return the job as plain JSON values."""
        document = asdict(self)
        for name in ("renditions", "artifacts", "trace"):
            document[name] = list(document[name])
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Job:
        """Build a job from plain JSON values, as :meth:`to_document` made them."""
        values = dict(document)
        values["source"] = Source(**values["source"])
        values["photo"] = Photo(**values["photo"]) if values.get("photo") else None
        values["error"] = Problem(**values["error"]) if values.get("error") else None
        values["renditions"] = tuple(Rendition(**each) for each in values.get("renditions", ()))
        values["artifacts"] = tuple(Artifact(**each) for each in values.get("artifacts", ()))
        values["trace"] = tuple(TraceEntry(**each) for each in values.get("trace", ()))
        return cls(**values)

    @property
    def work_prefix(self) -> str:
        """Where steps leave pictures for each other; a lifecycle rule clears it."""
        return f"{WORK_PREFIX}{self.id}/"

    @property
    def output_prefix(self) -> str:
        """Where the finished outputs are."""
        return f"{OUTPUT_PREFIX}{self.id}/"


def job_id(container: str, key: str, etag: str, recipe: str) -> str:
    """Return the id that the same upload under the same recipe always gets.

    The first 32 hex digits of SHA-256 over the four, a line each. The key stands last because only a key
    may itself hold a newline. ``components/aws`` compiles the same rule to JSONata.
    """
    text = "\n".join((container, etag, recipe, key))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def merge(jobs: Iterable[Job]) -> Job:
    """Fold the jobs that parallel branches returned into one.

    The branches began with the same job: what they added is kept in branch order, once.

    Raises:
        ValueError: No job, or jobs of different uploads.
    """
    jobs = tuple(jobs)
    if not jobs:
        raise ValueError("merge needs at least one job")
    first = jobs[0]
    if any(job.id != first.id for job in jobs):
        raise ValueError(f"merge got jobs of different uploads: {sorted({job.id for job in jobs})}")
    return replace(
        first,
        photo=next((job.photo for job in jobs if job.photo), None),
        error=next((job.error for job in jobs if job.error), None),
        renditions=tuple(dict.fromkeys(each for job in jobs for each in job.renditions)),
        artifacts=tuple(dict.fromkeys(each for job in jobs for each in job.artifacts)),
        trace=tuple(dict.fromkeys(each for job in jobs for each in job.trace)),
    )
