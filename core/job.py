"""The job document: the small JSON that is passed between steps while the bytes stay in the store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from core.trace import TraceEntry

# The folders of the output container: renditions between steps, finished artifacts, and what batches need.
WORK_PREFIX = "work/"
OUTPUT_PREFIX = "jobs/"
BATCHES_PREFIX = "batches/"  # lists of items


@dataclass(frozen=True)
class Source:
    """The uploaded object of a job; ``size`` in bytes."""

    container: str
    key: str
    etag: str
    size: int


@dataclass(frozen=True)
class Photo:
    """The properties of the photo found by validation: format, upright size in pixels, frames.

    ``copyright`` is from the file, at most 200 printable characters, if the recipe keeps it.
    """

    format: str
    width: int
    height: int
    frames: int
    copyright: str = ""


@dataclass(frozen=True)
class Rendition:
    """A lossless picture, or an animation's ``frames``, that one step hands to another under ``work/``."""

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
    """The reason why a job did not succeed: the error's wire name and a sentence."""

    name: str
    message: str


@dataclass(frozen=True)
class Review:
    """A person's decision about a job: asked for at ``asked_at``, to be made until ``deadline``.

    ``decision`` is "approved", "refused" or "expired", and empty until the workflow went on at ``ended_at``.
    Times are ISO 8601 UTC.
    """

    asked_at: str
    deadline: str
    decision: str = ""
    reason: str = ""
    ended_at: str = ""


@dataclass(frozen=True)
class Batch:
    """How a job whose source is a list of items treats them.

    ``concurrency`` items run at once; if more than ``tolerated`` percent of the ``items`` fail, the batch
    stops. ``begun`` and ``failed`` are how far an execution came that continues as a new one.
    """

    items: int
    concurrency: int
    tolerated: float
    begun: int = 0
    failed: int = 0

    @property
    def stops(self) -> bool:
        """Whether more items failed than are tolerated."""
        return self.failed * 100 > self.tolerated * self.items


@dataclass(frozen=True)
class Job:
    """The state of one photo in the workflow.

    ``execution`` names the orchestrator's execution that claimed the job; ``uploaded_at`` is the time of the
    store's event and ``accepted_at`` the time at which the workflow began (ISO 8601 UTC).
    ``recipe_table`` is the content of the recipe's file, as the job's first step read it. ``flags`` are the
    reasons why a person has to decide about the photo, by the names in :mod:`core.review.flags`. ``batch`` is
    there if the source is no photo, but a list of items.
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
    recipe_table: Mapping[str, Any] | None = None
    flags: tuple[str, ...] = ()
    review: Review | None = None
    batch: Batch | None = None

    def to_document(self) -> dict[str, Any]:
        """Return the job as plain JSON values; flags, review and batch only of a job that has them."""
        document = asdict(self)
        for name in ("renditions", "artifacts", "trace", "flags"):
            document[name] = list(document[name])
        for name in ("flags", "review", "batch"):
            if not document[name]:
                del document[name]
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Job:
        """Build a job from plain JSON values, as returned by :meth:`to_document`."""
        values = dict(document)
        values["source"] = Source(**values["source"])
        values["photo"] = Photo(**values["photo"]) if values.get("photo") else None
        values["error"] = Problem(**values["error"]) if values.get("error") else None
        values["renditions"] = tuple(Rendition(**each) for each in values.get("renditions", ()))
        values["artifacts"] = tuple(Artifact(**each) for each in values.get("artifacts", ()))
        values["trace"] = tuple(TraceEntry(**each) for each in values.get("trace", ()))
        values["flags"] = tuple(values.get("flags", ()))
        values["review"] = Review(**values["review"]) if values.get("review") else None
        values["batch"] = Batch(**values["batch"]) if values.get("batch") else None
        return cls(**values)

    @property
    def work_prefix(self) -> str:
        """The prefix of the renditions; a lifecycle rule deletes them."""
        return f"{WORK_PREFIX}{self.id}/"

    @property
    def output_prefix(self) -> str:
        """The prefix of the finished outputs."""
        return f"{OUTPUT_PREFIX}{self.id}/"


AGAIN = "@"  # between the recipe's name and what makes a photo's job under the same recipe another one


def job_id(container: str, key: str, etag: str, recipe: str) -> str:
    """Return the job id, which is always the same for an upload and a recipe.

    It is the first 32 hex digits of the SHA-256 of the four arguments, one per line. The key is last because
    only a key may contain a newline. ``components/aws`` compiles the same rule to JSONata.
    """
    text = "\n".join((container, etag, recipe, key))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def merge(jobs: Iterable[Job]) -> Job:
    """Merge the jobs that parallel branches returned.

    The branches began with the same job: their additions are kept in branch order, without duplicates.

    Raises:
        ValueError: There are no jobs, or jobs of different uploads.
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
