"""What each cloud brings to the comparison; whoever needs to tell clouds apart asks here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from compare.billing.reading import MeterReading
from compare.errors import UnknownCloud
from compare.metering import assumptions, aws, azure, standing
from compare.metering.assumptions import Assumption
from compare.metering.durable import SCHEDULER
from compare.metering.express import EXPRESS
from compare.metering.load import JobLoad
from compare.metering.stack import Stack
from core.workflow.model import Workflow

STANDARD = "standard"  # orchestrator settings, as EXPRESS and SCHEDULER are
STORAGE = "storage"


@dataclass(frozen=True)
class Cloud:
    """A cloud's rules.

    ``assumptions`` are by orchestrator. ``meter`` counts what jobs are billed, ``standing`` what a month of a
    stack with a workflow is billed whatever is done with it, ``idle`` what instances count that live for so
    many hours without work. ``slowdown`` is how many times longer a step takes than on one whole vCPU, by the
    function's memory in MB.
    """

    architectures: tuple[str, ...]
    assumptions: Mapping[str, tuple[Assumption, ...]]
    meter: Callable[[Stack, Iterable[JobLoad]], tuple[MeterReading, ...]]
    standing: Callable[[Workflow], tuple[MeterReading, ...]]
    idle: Callable[[Stack, Decimal], tuple[MeterReading, ...]]
    slowdown: Callable[[int], Decimal]

    @property
    def orchestrators(self) -> tuple[str, ...]:
        """The names of what can run the workflow."""
        return tuple(self.assumptions)


CLOUDS: Mapping[str, Cloud] = {
    "aws": Cloud(
        architectures=("arm64", "x86_64"),
        assumptions={STANDARD: assumptions.AWS, EXPRESS: assumptions.EXPRESS},
        meter=aws.meter,
        standing=standing.on_aws,
        idle=aws.idle,
        slowdown=aws.slowdown,
    ),
    "azure": Cloud(
        architectures=("x86_64",),
        assumptions={STORAGE: assumptions.AZURE, SCHEDULER: assumptions.AZURE},
        meter=azure.meter,
        standing=standing.on_azure,
        idle=azure.idle,
        slowdown=azure.slowdown,
    ),
}


def cloud_of(stack: Stack) -> Cloud:
    """Return the rules of the stack's cloud.

    Raises:
        UnknownCloud: Twinlens knows no such cloud, or no such orchestrator on it.
    """
    if stack.cloud not in CLOUDS:
        raise UnknownCloud(f"The cloud is {stack.cloud!r}; Twinlens compares {', '.join(CLOUDS)}.")
    cloud = CLOUDS[stack.cloud]
    if stack.orchestrator not in cloud.orchestrators:
        raise UnknownCloud(
            f"The orchestrator is {stack.orchestrator!r}; on {stack.cloud} Twinlens compares "
            f"{', '.join(cloud.orchestrators)}."
        )
    return cloud


def assumed(stacks: Iterable[Stack]) -> tuple[Assumption, ...]:
    """Return what is assumed of any of the stacks, once each."""
    return tuple(
        dict.fromkeys(each for stack in stacks for each in cloud_of(stack).assumptions[stack.orchestrator])
    )
