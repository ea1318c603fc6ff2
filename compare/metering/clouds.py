"""The table of clouds and their metering rules; all code that distinguishes clouds uses it."""

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
from compare.metering.stack import ALL, INFORMATION, WARNING, Stack
from core.workflow.model import Workflow

STANDARD = "standard"  # orchestrator settings, as EXPRESS and SCHEDULER are
STORAGE = "storage"


@dataclass(frozen=True)
class Cloud:
    """The metering rules of a cloud.

    ``assumptions`` are grouped by orchestrator, ``of_log_levels`` by log level. ``meter`` returns the usage
    of jobs, ``standing`` the monthly usage of a deployed stack without jobs, and ``idle`` the usage of
    instances that stay alive for some hours without work. ``slowdown`` maps a function's memory in MB to how
    many times longer a step takes than on one full vCPU.
    """

    architectures: tuple[str, ...]
    assumptions: Mapping[str, tuple[Assumption, ...]]
    of_log_levels: Mapping[str, tuple[Assumption, ...]]
    meter: Callable[[Stack, Iterable[JobLoad]], tuple[MeterReading, ...]]
    standing: Callable[[Workflow], tuple[MeterReading, ...]]
    idle: Callable[[Stack, Decimal], tuple[MeterReading, ...]]
    slowdown: Callable[[int], Decimal]

    @property
    def orchestrators(self) -> tuple[str, ...]:
        """The names of the orchestrators that can run the workflow."""
        return tuple(self.assumptions)


CLOUDS: Mapping[str, Cloud] = {
    "aws": Cloud(
        architectures=("arm64", "x86_64"),
        assumptions={STANDARD: assumptions.AWS, EXPRESS: assumptions.EXPRESS},
        of_log_levels={ALL: (assumptions.EXECUTION_LOG_EVENTS,)},
        meter=aws.meter,
        standing=standing.on_aws,
        idle=aws.idle,
        slowdown=aws.slowdown,
    ),
    "azure": Cloud(
        architectures=("x86_64",),
        assumptions={STORAGE: assumptions.AZURE, SCHEDULER: assumptions.AZURE},
        of_log_levels={
            "": (assumptions.TELEMETRY_BYTES,),
            INFORMATION: (assumptions.TELEMETRY_BYTES,),
            WARNING: (assumptions.REQUEST_BYTES,),
        },
        meter=azure.meter,
        standing=standing.on_azure,
        idle=azure.idle,
        slowdown=azure.slowdown,
    ),
}


def cloud_of(stack: Stack) -> Cloud:
    """Return the rules of the stack's cloud.

    Raises:
        UnknownCloud: Twinlens does not know the cloud, or the orchestrator on it.
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
    """Return the assumptions that apply to any of the stacks, without repetition."""
    found: list[Assumption] = []
    for stack in stacks:
        cloud = cloud_of(stack)
        found += (*cloud.assumptions[stack.orchestrator], *cloud.of_log_levels.get(stack.log_level, ()))
    return tuple(dict.fromkeys(found))
