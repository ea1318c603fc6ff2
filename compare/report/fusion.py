"""What doing all image work in one function saves of the memory and time that functions are billed for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import permutations

from compare.metering import JobLoad, Stack, meter
from compare.report.measured import MeasuredRun
from compare.report.model import FunctionTime, Fusion
from compare.run import Run
from compare.statistics import proportion
from core.workflow.granularity import FUSED, STEPWISE

METERS = ("aws.lambda.gb_seconds", "azure.functions.flex.gb_seconds")
MB_PER_GB = 1024
MS_PER_SECOND = 1000


@dataclass
class _Sums:
    """Of one photo's warm jobs."""

    jobs: int = 0
    billed: Decimal = Decimal(0)
    compute_ms: float = 0.0
    moving_ms: float = 0.0


def fusions(runs: Sequence[MeasuredRun]) -> tuple[Fusion, ...]:
    """Compare every two runs that differ in nothing but their granularity."""
    pairs = permutations(runs, 2)
    found = (
        _fusion(first, second) for first, second in pairs if _differ_so(first.folder.run, second.folder.run)
    )
    return tuple(each for each in found if each)


def _differ_so(stepwise: Run, fused: Run) -> bool:
    if (stepwise.granularity, fused.granularity) != (STEPWISE, FUSED):
        return False
    return Stack.of(fused) == replace(Stack.of(stepwise), granularity=FUSED) and (
        (stepwise.recipe, stepwise.where) == (fused.recipe, fused.where)
    )


def _fusion(stepwise: MeasuredRun, fused: MeasuredRun) -> Fusion | None:
    """Compare the photos that both runs had at least one warm job of; ``None`` without such a photo."""
    sides = _by_photo(stepwise), _by_photo(fused)
    photos = sorted(sides[0].keys() & sides[1].keys())
    if not photos:
        return None
    pairs = [tuple(float(side[photo].billed) / side[photo].jobs for side in sides) for photo in photos]
    times = [
        _function_time(run, [side[photo] for photo in photos])
        for run, side in zip((stepwise, fused), sides, strict=True)
    ]
    return Fusion(stepwise=times[0], fused=times[1], share=proportion([(pair[0], pair[1]) for pair in pairs]))


def _by_photo(run: MeasuredRun) -> dict[str, _Sums]:
    """Add up the succeeded jobs that met no cold start, each metered as if it had its instances to itself."""
    stack = Stack.of(run.folder.run)
    loads: dict[str, list[JobLoad]] = defaultdict(list)
    photos: dict[str, _Sums] = defaultdict(_Sums)
    for job in run.jobs:
        if job.record.state != "succeeded" or job.timeline is None or job.timeline.cold:
            continue
        load = JobLoad.of(job.record, stack.granularity)
        if load is None:
            continue
        sums = photos[job.record.photo]
        sums.jobs += 1
        sums.compute_ms += sum(step.compute_ms for step in job.timeline.steps)
        sums.moving_ms += sum(step.download_ms + step.upload_ms for step in job.timeline.steps)
        loads[job.record.photo].append(load.times(1))
    for photo, sums in photos.items():
        metered = meter(stack, loads[photo])
        sums.billed = sum((each.quantity for each in metered if each.meter.startswith(METERS)), Decimal(0))
    return dict(photos)


def _function_time(run: MeasuredRun, photos: Sequence[_Sums]) -> FunctionTime:
    """Return the mean over the photos, each counting the same, for a thousand of them."""
    gb = run.folder.run.memory_mb / MB_PER_GB

    def of_a_thousand(values: list[float]) -> float:
        return sum(values) / len(values) * 1000

    billed = of_a_thousand([float(each.billed) / each.jobs for each in photos])
    compute = of_a_thousand([each.compute_ms / each.jobs / MS_PER_SECOND * gb for each in photos])
    moving = of_a_thousand([each.moving_ms / each.jobs / MS_PER_SECOND * gb for each in photos])
    return FunctionTime(
        label=run.label,
        jobs=sum(each.jobs for each in photos),
        billed=billed,
        compute=compute,
        moving=moving,
        rest=billed - compute - moving,
    )
