"""The load of photos that no run has processed yet, from the workflow, the recipe and measured step times."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from compare.metering import assumptions
from compare.metering.assumptions import BOOKKEEPING_MS, Bound
from compare.metering.clouds import cloud_of
from compare.metering.load import JobLoad, Span, StepLoad
from compare.metering.path import branches, path
from compare.metering.stack import Stack
from compare.metering.viewing import VIEWS
from core.recipe import Recipe
from core.workflow.granularity import FUSED
from core.workflow.model import Workflow

PER_MILLE = 1000


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
class Photos:
    """Photos to plan for: their mean size, the share of those that meet a cold start, and whether all wait.

    ``reviewed`` photos wait for a person, who approves them. Results are looked at ``views`` times a photo.
    Of items of a batch, which are in the store already, ``at_once`` run together.
    """

    megapixels: Decimal = Decimal(12)
    cold_share: Decimal = Decimal("0.01")
    reviewed: bool = False
    views: int = VIEWS
    at_once: int = 0


def loads(
    stack: Stack, workflow: Workflow, recipe: Recipe, photos: Photos, bound: Bound
) -> tuple[JobLoad, ...]:
    """Return the load of a thousand such photos, if every one succeeds at the first attempt."""
    cold = int(PER_MILLE * photos.cold_share)
    warm_load, cold_load = (
        _load(stack, workflow, recipe, photos, bound, cold=each) for each in (False, True)
    )
    kinds = (warm_load.times(PER_MILLE - cold), cold_load.times(cold))
    return tuple(load for load in kinds if load.count)


def _load(
    stack: Stack, workflow: Workflow, recipe: Recipe, photos: Photos, bound: Bound, *, cold: bool
) -> JobLoad:
    """Return the load of one photo that goes through the whole workflow without sharing instances."""
    renditions = len(recipe.sizes) + bool(recipe.filters)
    artifacts = renditions * len(recipe.outputs)
    source = 0 if photos.at_once else int(photos.megapixels * assumptions.PHOTO_BYTES.value)
    way = path(workflow, "succeeded", frozenset())
    between = 0 if stack.granularity == FUSED else renditions  # renditions that steps hand over
    outputs = artifacts * assumptions.OUTPUT_BYTES.at(bound)
    gets, puts = way.input_reads + between, between + artifacts
    waiting = Decimal(assumptions.STORE_CALL_MS.value * (gets + puts)) / len(way.steps)
    gap = assumptions.GAP_MS.at(bound)
    # The orchestrator's start and the claim come first.
    steps, clock = [], 2 * BOOKKEEPING_MS.value
    for state in workflow.states:
        beside = [branch for branch in branches(state) if branch]
        began = clock + gap if beside else clock
        for branch in beside:
            at = began
            for name in branch:
                cpu = _cpu_ms(stack, name, photos.megapixels)
                ended = at + _paced(cpu + waiting, bound)
                steps.append(StepLoad(name, Span("one", at, ended), cold, cpu_ms=_paced(cpu, bound)))
                at = ended
            clock = max(clock, at)
    return JobLoad(
        path=way,
        steps=tuple(steps),
        began_ms=0,
        ended_ms=clock + gap + BOOKKEEPING_MS.value,
        gets=gets,
        puts=puts,
        kept_bytes=source + outputs,
        output_bytes=outputs,
        document_bytes=assumptions.DOCUMENT_BYTES.value,
        work_puts=between,
        work_bytes=between * assumptions.RENDITION_BYTES.at(bound),
        reviewed=photos.reviewed,
        at_once=photos.at_once,
    )


def _cpu_ms(stack: Stack, name: str, megapixels: Decimal) -> Decimal:
    work = WORK.get(name, UNKNOWN_STEP)
    return (work.fixed + work.per_megapixel * megapixels) * cloud_of(stack).slowdown(stack.memory_of(name))


def _paced(ms: Decimal, bound: Bound) -> int:
    return int(ms * assumptions.PACE_PERCENT.at(bound) / 100)
