"""A run: what was deployed where, and what became of every photo put through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from core.errors import TwinlensError
from core.job import Job

FORMAT = 2

Where = Literal["emulator", "cloud"]
Outcome = Literal["succeeded", "rejected", "failed", "lost"]


class RunError(TwinlensError):
    """A run folder cannot be read or must not be written."""


@dataclass(frozen=True)
class PhotoFile:
    """One file of the photo set; ``size`` in bytes."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Plan:
    """How the photos were sent: ``bursts`` of ``burst_size`` at once, or ``rate`` a second where given."""

    bursts: int
    burst_size: int
    warm_up: int = 0
    rate: float | None = None

    @property
    def uploads(self) -> int:
        """Return how many uploads the plan makes, warm-up included."""
        return self.warm_up + self.bursts * self.burst_size


@dataclass(frozen=True)
class Run:
    """The head of a run, kept in ``run.json``.

    Times are ISO 8601 UTC on the client's clock; ``ended`` is ``None`` while the run is unfinished.
    ``where`` says whether the stack stood on an emulator or on a real cloud, ``chaos`` which faults were
    injected on request; see :class:`core.chaos.Profile`. ``workflow`` is what it ran, as
    :mod:`core.workflow.document` has it: a run is priced by its own workflow, whatever became of that since.
    """

    name: str
    stack: str
    cloud: str
    orchestrator: str
    granularity: str
    architecture: str
    memory_mb: int
    region: str
    recipe: str
    where: Where
    started: str
    ended: str | None
    versions: Mapping[str, str]
    photos: tuple[PhotoFile, ...]
    plan: Plan
    workflow: Mapping[str, Any]
    chaos: str = ""
    format: int = FORMAT


@dataclass(frozen=True)
class SentUpload:
    """An upload that was sent, a line of ``uploads.jsonl``: noted at once, whatever becomes of its job."""

    id: str
    photo: str
    key: str
    began: str
    sent: str
    burst: int


@dataclass(frozen=True)
class JobRecord:
    """One upload and its fate, a line of ``jobs.jsonl``.

    ``began`` and ``sent`` bound the upload on the client's clock; ``recorded_at`` is the ledger's time of the
    final state. ``outputs`` maps each artifact's name to the SHA-256 of its bytes, where they were read back.
    """

    id: str
    photo: str
    began: str
    sent: str
    state: Outcome
    recorded_at: str | None = None
    job: Job | None = None
    outputs: Mapping[str, str] = field(default_factory=dict)
    burst: int = 1
    warm_up: bool = False
