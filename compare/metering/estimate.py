"""Estimate the usage of a month of photos before a stack is deployed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from compare.billing.reading import MeterReading
from compare.cost.exact import exact
from compare.metering import fixed_usage, meter
from compare.metering.assumptions import BOOKKEEPING_MS
from compare.metering.clouds import cloud_of
from compare.metering.load import JobLoad, Span, StepLoad
from compare.metering.path import branches, path
from compare.metering.stack import Stack
from core.recipe import Recipe
from core.workflow.granularity import FUSED
from core.workflow.model import Workflow

BYTES_PER_MEGAPIXEL = 400_000
OUTPUT_BYTES = 150_000
DOCUMENT_BYTES = 2_800
STORE_CALL_MS = 30
GAP_MS = 100
HOURS_PER_MONTH = 730


@dataclass(frozen=True)
class Work:
    """CPU time of a step in milliseconds on one vCPU: a fixed part, and a part per megapixel."""

    fixed: int
    per_megapixel: int


# Measured with the recipe "gallery" on photos of 2, 12 and 24 megapixels.
WORK = {
    "validate": Work(5, 2),
    "resize": Work(90, 3),
    "apply_filters": Work(110, 3),
    "optimize": Work(160, 1),
    "process": Work(
        250, 3
    ),  # not measured: the sum of the steps, minus the renditions between them and three decodes
}
UNKNOWN_STEP = Work(150, 3)


@dataclass(frozen=True)
class Scenario:
    """A month: the number and size of photos, the share of cold starts, and the speed.

    ``pace`` multiplies the time of every step. ``gap_ms`` is the time between two executions while messages
    travel: without it, an Azure instance is busy with one photo without interruption. ``live_hours`` is how
    long such an instance stays alive in the month, polling its queues.
    """

    images: int
    megapixels: Decimal
    cold_share: Decimal
    pace: Decimal
    gap_ms: int
    live_hours: Decimal


def scenarios(images: int, megapixels: Decimal, cold_share: Decimal) -> dict[str, Scenario]:
    """Return a low, an expected and a high scenario for a month of ``images`` photos.

    Half and twice the expected step times bound the unknown speed of the machine. An Azure instance ends with
    its photo in the low scenario, stays alive for a minute in the expected one, and all month in the high
    one.
    """
    month = Decimal(HOURS_PER_MONTH)
    minutely = min(month, Decimal(images) / 60)
    return {
        "low": Scenario(images, megapixels, cold_share, Decimal("0.5"), 0, Decimal(0)),
        "expected": Scenario(images, megapixels, cold_share, Decimal(1), GAP_MS, minutely),
        "high": Scenario(images, megapixels, cold_share, Decimal(2), GAP_MS, month),
    }


def estimate(
    stack: Stack, workflow: Workflow, recipe: Recipe, scenario: Scenario
) -> tuple[MeterReading, ...]:
    """Return the stack's usage in a month of the scenario, if every photo succeeds at the first attempt.

    The stack's standing usage is included, so a month without photos has a bill as well.
    """
    cold = int(scenario.images * scenario.cold_share)
    loads = [
        _load(stack, workflow, recipe, scenario, cold=False).times(scenario.images - cold),
        _load(stack, workflow, recipe, scenario, cold=True).times(cold),
    ]
    metered = meter(stack, [load for load in loads if load.count])
    with exact():
        waiting = cloud_of(stack).idle(stack, scenario.live_hours)
    return (*metered, *waiting, *fixed_usage(stack, workflow))


def _load(stack: Stack, workflow: Workflow, recipe: Recipe, scenario: Scenario, *, cold: bool) -> JobLoad:
    """Return the load of one photo that goes through the whole workflow without sharing instances."""
    renditions = len(recipe.sizes) + bool(recipe.filters)
    artifacts = renditions * len(recipe.outputs)
    way = path(workflow, "succeeded", frozenset())
    between = 0 if stack.granularity == FUSED else renditions  # renditions that steps hand over
    gets, puts = way.input_reads + between, between + artifacts
    calls = Decimal(gets + puts) / len(way.steps)
    # The orchestrator's start and the claim come first.
    steps, clock = [], 2 * BOOKKEEPING_MS.value
    for state in workflow.states:
        beside = [branch for branch in branches(state) if branch]
        began = clock + scenario.gap_ms if beside else clock
        for branch in beside:
            at = began
            for name in branch:
                ended = at + _step_ms(stack, scenario, name, calls)
                steps.append(StepLoad(name, Span("one", at, ended), cold))
                at = ended
            clock = max(clock, at)
    return JobLoad(
        path=way,
        steps=tuple(steps),
        began_ms=0,
        ended_ms=clock + scenario.gap_ms + BOOKKEEPING_MS.value,
        gets=gets,
        puts=puts,
        kept_bytes=int(scenario.megapixels * BYTES_PER_MEGAPIXEL) + artifacts * OUTPUT_BYTES,
        document_bytes=DOCUMENT_BYTES,
    )


def _step_ms(stack: Stack, scenario: Scenario, name: str, store_calls: Decimal) -> int:
    work = WORK.get(name, UNKNOWN_STEP)
    cpu = work.fixed + work.per_megapixel * scenario.megapixels
    cpu *= cloud_of(stack).slowdown(stack.memory_of(name))
    return int((cpu + STORE_CALL_MS * store_calls) * scenario.pace)
