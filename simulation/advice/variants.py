"""The variants of both clouds that there is a choice of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from compare.metering.clouds import CLOUDS
from compare.metering.stack import Stack
from compare.metering.viewing import VIEWS
from core.workflow.granularity import GRANULARITIES
from simulation.workload import Arrivals, Flow, Photos, Platform, Workload

# At 1,024 MB the default limit of 100 megapixels is accepted; one vCPU is 1,769 MB.
MEMORY: Mapping[str, tuple[int, ...]] = {"aws": (1024, 1769, 3008), "azure": (2048, 4096)}
CONCURRENCY = {"aws": 1000, "azure": 100}


@dataclass(frozen=True)
class Door:
    """The front door that every variant has or lacks, and how often the results of a photo are looked at."""

    front_door: bool = False
    cdn: bool = False
    waf: bool = False
    views: int = VIEWS

    @property
    def settings(self) -> dict[str, str]:
        """Return the settings of the Pulumi config that make it, but for those that are as by default."""
        if not self.front_door:
            return {}
        found = {"twinlens:frontDoor": "true"}
        found |= {} if self.cdn else {"twinlens:cdn": "false"}
        return found | ({"twinlens:waf": "true"} if self.waf else {})


@dataclass(frozen=True)
class Variant:
    """One way to deploy the pipeline."""

    cloud: str
    orchestrator: str
    granularity: str
    memory_mb: int
    architecture: str

    @property
    def name(self) -> str:
        """Return the variant in a few words."""
        return f"{self.cloud} {self.orchestrator} {self.granularity} {self.memory_mb} MB {self.architecture}"

    @property
    def settings(self) -> dict[str, str]:
        """Return the settings of the Pulumi config that make this variant."""
        return {
            "twinlens:cloud": self.cloud,
            "twinlens:orchestrator": self.orchestrator,
            "twinlens:granularity": self.granularity,
            "twinlens:memoryMb": str(self.memory_mb),
            "twinlens:architecture": self.architecture,
        }

    def stack(self, region: str, door: Door) -> Stack:
        """Return the stack that is metered."""
        return Stack(
            self.cloud,
            self.orchestrator,
            self.granularity,
            self.architecture,
            self.memory_mb,
            region,
            front_door=door.front_door,
            cdn=door.cdn,
            waf=door.waf,
        )

    def workload(self, arrivals: Arrivals, photos: Photos, recipe: str, seed: int) -> Workload:
        """Return what is simulated; a processor's architecture makes no difference to it."""
        platform = Platform(
            name=f"{self.cloud}.{self.orchestrator}",
            memory_mb=self.memory_mb,
            concurrency=CONCURRENCY[self.cloud],
        )
        return Workload(arrivals, photos, Flow(granularity=self.granularity, recipe=recipe), platform, seed)


def variants() -> Iterator[Variant]:
    """Yield every variant of both clouds."""
    for name, cloud in CLOUDS.items():
        for parts in product(cloud.orchestrators, GRANULARITIES, MEMORY[name], cloud.architectures):
            yield Variant(name, *parts)
