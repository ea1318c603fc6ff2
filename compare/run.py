"""A run: the conditions of a measurement, and the result of every upload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from core.errors import TwinlensError
from core.job import Job

FORMAT = 2

Where = Literal["emulator", "cloud", "simulated"]
Outcome = Literal["succeeded", "rejected", "refused", "expired", "failed", "lost"]


OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


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
    """How the photos were sent: ``bursts`` of ``burst_size`` at once, or at ``rate`` per second if set."""

    bursts: int
    burst_size: int
    warm_up: int = 0
    rate: float | None = None

    @property
    def uploads(self) -> int:
        """Return the number of uploads, including the warm-up."""
        return self.warm_up + self.bursts * self.burst_size


@dataclass(frozen=True)
class RunBatch:
    """The batch that a run is of; ``counts`` says how many of its ``items`` ended how.

    Items that were skipped or not begun have no record: nothing was done for them.
    """

    id: str
    items: int
    concurrency: int
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Run:
    """The head of a run, kept in ``run.json``.

    Times are ISO 8601 UTC on the client's clock; ``ended`` is ``None`` while the run is unfinished.
    ``where`` says whether the stack was on an emulator, on a real cloud or simulated, ``chaos`` which faults
    were injected; see :class:`core.chaos.Profile`. ``rests_on`` says what a simulation was calibrated on.
    ``workflow`` is the workflow of the run as a document of
    :mod:`core.workflow.document`: a run is priced by its own workflow, even if that has changed since.
    ``log_level`` is empty in runs of stacks that could not set it; ``step_memory_mb`` has the steps with
    another memory than ``memory_mb``. ``label`` is what ``twinlens runs label`` called the run. A run of the
    photos of a batch has a ``batch``. ``via_api`` says that photos were sent through the front door.
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
    log_level: str = ""
    step_memory_mb: Mapping[str, int] = field(default_factory=dict)
    own_key: bool = False
    redundancy: str = ""
    soft_delete_days: int = 0
    front_door: bool = False
    cdn: bool = False
    waf: bool = False
    via_api: bool = False
    rests_on: str = ""
    label: str = ""
    batch: RunBatch | None = None
    format: int = FORMAT

    @property
    def at_once(self) -> int:
        """How many items of a batch ran at once, or 0 if the photos were uploads."""
        return self.batch.concurrency if self.batch else 0


@dataclass(frozen=True)
class SentUpload:
    """An upload, a line of ``uploads.jsonl``: written as soon as it was sent."""

    id: str
    photo: str
    key: str
    began: str
    sent: str
    burst: int


@dataclass(frozen=True)
class ApiCalls:
    """The calls of a front door for one upload, by the client's clock.

    The first asked for the upload and took ``asked_ms``; all ``count`` together were open for ``open_ms``,
    with what they waited for a change.
    """

    count: int
    asked_ms: float
    open_ms: float


@dataclass(frozen=True)
class JobRecord:
    """One upload and the result of its job, a line of ``jobs.jsonl``.

    ``began`` and ``sent`` bound the upload on the client's clock; ``recorded_at`` is the ledger's time of the
    final state. ``outputs`` maps each artifact's name to the SHA-256 of its bytes, if they were read back.
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
    api: ApiCalls | None = None
