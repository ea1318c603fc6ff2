"""What a month of photos would make a stack count, before it is deployed."""

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
    """CPU time of a step in milliseconds on one vCPU: fixed, and for each megapixel of the photo."""

    fixed: int
    per_megapixel: int


# Measured with the recipe "gallery" on photos of 2, 12 and 24 megapixels.
WORK = {
    "validate": Work(5, 2),
    "resize": Work(90, 3),
    "apply_filters": Work(110, 3),
    "optimize": Work(160, 1),
    "process": Work(250, 3),  # not measured: the sum, less the pictures between the steps and three decodes
}
UNKNOWN_STEP = Work(150, 3)


@dataclass(frozen=True)
class Scenario:
    """A month: how many photos, how large, how often a step starts cold, and how fast things go.

    ``pace`` stretches every step. ``gap_ms`` lies between two executions while messages travel: without one,
    an Azure instance works on one photo in one piece. ``live_hours`` is how long such an instance is kept
    alive in the month, polling its queues.
    """

    images: int
    megapixels: Decimal
    cold_share: Decimal
    pace: Decimal
    gap_ms: int
    live_hours: Decimal


def scenarios(images: int, megapixels: Decimal, cold_share: Decimal) -> dict[str, Scenario]:
    """Return a low, an expected and a high month of so many photos.

    Half and twice the expected step times bound the unknown machine. In a low month an Azure instance works
    on a photo in one piece and ends with it; as expected, it lives on for a minute; in a high month, always.
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
    """Return what the stack would count in a month of the scenario, every photo succeeding at once.

    What the stack costs merely by being there is counted too, so a month without photos has a bill as well.
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
    """Return the load of one photo that goes through the whole workflow on an instance of its own."""
    renditions = len(recipe.sizes) + bool(recipe.filters)
    artifacts = renditions * len(recipe.outputs)
    way = path(workflow, "succeeded", frozenset())
    between = 0 if stack.granularity == FUSED else renditions  # pictures that steps leave for each other
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
    cpu *= cloud_of(stack).slowdown(stack.memory_mb)
    return int((cpu + STORE_CALL_MS * store_calls) * scenario.pace)
