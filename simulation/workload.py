"""A workload: what arrives, what a job is, and the platform that it runs on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from core.batch.items import AT_ONCE

Kind = Literal["photo", "chain", "fan_out"]
Profile = Literal["burst", "rate", "poisson", "daily", "trace", "batch"]
PlatformName = Literal["aws.standard", "aws.express", "aws.durable", "azure.storage", "azure.scheduler"]
Plan = Literal["flex", "consumption"]
PLATFORMS: tuple[str, ...] = get_args(PlatformName)


@dataclass(frozen=True)
class Arrivals:
    """When jobs arrive: ``bursts`` of ``count`` at once, at a rate for some hours, or as in a trace.

    The items of a ``batch`` do not arrive: of ``count``, ``at_once`` run together, and one ends for the next.
    ``trace`` holds (seconds since the start, megapixels). A ``daily`` profile varies around its mean rate
    with the hour, three times as much by day as by night. ``via_api`` says that photos come by the front
    door: then they arrive when a client asks for an upload, and otherwise when they have been sent.
    """

    kind: Profile = "burst"
    count: int = 1
    bursts: int = 1
    at_once: int = AT_ONCE
    rate_per_second: float = 1.0
    hours: float = 1.0
    trace: tuple[tuple[float, float], ...] = ()
    via_api: bool = False

    @property
    def jobs(self) -> int:
        """Return the number of jobs, expected of a random process."""
        if self.kind == "burst":
            return self.count * self.bursts
        if self.kind == "batch":
            return self.count
        return len(self.trace) if self.kind == "trace" else round(self.rate_per_second * self.hours * 3600)


@dataclass(frozen=True)
class Photos:
    """The sizes of the photos in megapixels, lognormal between the median and the 95th percentile."""

    median: float = 12.0
    p95: float = 12.0


@dataclass(frozen=True)
class Flow:
    """What a job is: the photo pipeline, or one of the two published experiments.

    ``tasks`` are the functions of a chain or the branches of a fan-out, each with ``seconds`` of work, which
    hand on ``payload_bytes``.
    """

    kind: Kind = "photo"
    tasks: int = 10
    seconds: float = 0.0
    payload_bytes: int = 32
    granularity: str = "stepwise"
    recipe: str = "gallery"


@dataclass(frozen=True)
class Platform:
    """The platform's variant. ``concurrency`` is the most calls (AWS) or instances (Azure) at once."""

    name: str = "aws.standard"
    plan: Plan = "flex"
    memory_mb: int = 1024
    threads: int = 4
    cold: bool = False
    architecture: str = "arm64"
    concurrency: int = 1000
    function_concurrency: int = 0

    @property
    def cloud(self) -> str:
        """Return the cloud's name."""
        return self.name.partition(".")[0]

    @property
    def orchestrator(self) -> str:
        """Return the orchestrator's name, as the setting has it."""
        return self.name.partition(".")[2]


@dataclass(frozen=True)
class Workload:
    """Everything that a simulation needs to know."""

    arrivals: Arrivals = field(default_factory=Arrivals)
    photos: Photos = field(default_factory=Photos)
    workflow: Flow = field(default_factory=Flow)
    platform: Platform = field(default_factory=Platform)
    seed: int = 0
