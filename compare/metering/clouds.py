"""The table of clouds and their metering rules; all code that distinguishes clouds uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from compare.billing.reading import MeterReading
from compare.errors import UnknownCloud
from compare.metering import assumptions, aws, azure, front_door, reconciler, standing, viewing
from compare.metering.assumptions import Assumption, Bound
from compare.metering.durable import SCHEDULER
from compare.metering.durable_function import DURABLE
from compare.metering.express import EXPRESS
from compare.metering.front_door import Counted
from compare.metering.load import JobLoad
from compare.metering.stack import ALL, INFORMATION, WARNING, Stack
from core.workflow.model import Workflow

STANDARD = "standard"  # orchestrator settings, as EXPRESS and SCHEDULER are
STORAGE = "storage"


@dataclass(frozen=True)
class Cloud[Sums]:
    """The metering rules of a cloud.

    ``assumptions`` are grouped by orchestrator, ``of_log_levels`` by log level. ``count`` adds up jobs, once
    for all that is metered of them. ``meter`` returns their usage at the times of their traces: ``kept`` is
    the part of it that is stored for good, and ``shared`` what takes the place of some meters if a number of
    such photos is spread over a month. ``standing`` is the
    monthly usage of a deployed stack without jobs, ``idle`` that of instances that stay alive without work,
    ``reconciling`` that of the reconciler, by the numbers of rows and of uploads that it reads, and
    ``entering`` that of a front door, by the number of photos that come through it and the calls that were
    counted for some, and ``viewing`` that of showing results, by the number of views and the bytes of one.
    ``slowdown`` maps a function's memory in MB to how many times longer a step takes than on one full vCPU.
    """

    architectures: tuple[str, ...]
    assumptions: Mapping[str, tuple[Assumption, ...]]
    of_log_levels: Mapping[str, tuple[Assumption, ...]]
    count: Callable[[Stack, Iterable[JobLoad]], Sums]
    meter: Callable[[Stack, Sums, Bound], tuple[MeterReading, ...]]
    kept: Callable[[Stack, Sums, Bound], tuple[MeterReading, ...]]
    shared: Callable[[Stack, Sums, int, Bound], tuple[MeterReading, ...]]
    standing: Callable[[Stack, Workflow], tuple[MeterReading, ...]]
    idle: Callable[[Stack, int, Bound], tuple[MeterReading, ...]]
    reconciling: Callable[[Stack, int, int, Bound], tuple[MeterReading, ...]]
    entering: Callable[[Stack, int, Bound, Counted | None], tuple[MeterReading, ...]]
    viewing: Callable[[Stack, Decimal, Decimal, Bound], tuple[MeterReading, ...]]
    slowdown: Callable[[int], Decimal]

    @property
    def orchestrators(self) -> tuple[str, ...]:
        """The names of the orchestrators that can run the workflow."""
        return tuple(self.assumptions)


CLOUDS: Mapping[str, Cloud[Any]] = {
    "aws": Cloud(
        architectures=("arm64", "x86_64"),
        assumptions={
            STANDARD: assumptions.STANDARD,
            EXPRESS: assumptions.EXPRESS,
            DURABLE: assumptions.DURABLE,
        },
        of_log_levels={ALL: (assumptions.EXECUTION_LOG_EVENTS,)},
        count=aws.count,
        meter=aws.meter,
        kept=aws.kept,
        shared=aws.shared,
        standing=standing.on_aws,
        idle=aws.idle,
        reconciling=reconciler.on_aws,
        entering=front_door.on_aws,
        viewing=viewing.on_aws,
        slowdown=aws.slowdown,
    ),
    "azure": Cloud(
        architectures=("x86_64",),
        assumptions={STORAGE: assumptions.STORAGE, SCHEDULER: assumptions.SCHEDULER},
        of_log_levels={
            "": (assumptions.TELEMETRY_BYTES,),
            INFORMATION: (assumptions.TELEMETRY_BYTES,),
            WARNING: (assumptions.REQUEST_BYTES,),
        },
        count=azure.count,
        meter=azure.meter,
        kept=azure.kept,
        shared=azure.shared,
        standing=standing.on_azure,
        idle=azure.idle,
        reconciling=reconciler.on_azure,
        entering=front_door.on_azure,
        viewing=viewing.on_azure,
        slowdown=azure.slowdown,
    ),
}


def cloud_of(stack: Stack) -> Cloud[Any]:
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


def assumed(stacks: Iterable[Stack], views: int = viewing.VIEWS) -> tuple[Assumption, ...]:
    """Return the assumptions that apply to any of the stacks, without repetition.

    ``views`` is how often the results of one photo are looked at.
    """
    found: list[Assumption] = []
    for stack in stacks:
        cloud = cloud_of(stack)
        found += cloud.assumptions[stack.orchestrator]
        found += cloud.of_log_levels.get(stack.log_level, ())
        found += assumptions.OF_GRANULARITY.get(stack.granularity, ())
        found += (*assumptions.FRONT_DOOR, viewing.assumed(views)) if stack.front_door else ()
        found += (*assumptions.CDN, *assumptions.CDN_OF[stack.cloud]) if stack.cdn else ()
        found += (assumptions.KEY_REQUESTS,) * (stack.own_key and stack.cloud == "aws")
    return tuple(dict.fromkeys(found))
