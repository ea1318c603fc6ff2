"""Compare the GB-seconds billed in the fused and the stepwise granularity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, permutations

from compare.metering import JobLoad, Span, Stack, meter
from compare.report.cost_model import FunctionTime, Fusion
from compare.report.measured import MeasuredRun
from compare.run import Run
from compare.statistics import proportion
from core.workflow.granularity import FUSED, STEPWISE

METERS = ("aws.lambda.gb_seconds", "azure.functions.flex.gb_seconds")
MB_PER_GB = 1024
MS_PER_SECOND = 1000


@dataclass
class _Sums:
    """Sums over one photo's warm jobs; ``all_loads`` also has its cold jobs."""

    loads: list[JobLoad] = field(default_factory=list)
    all_loads: list[JobLoad] = field(default_factory=list)
    billed: float = 0.0
    compute_ms: float = 0.0
    moving_ms: float = 0.0

    @property
    def jobs(self) -> int:
        """Return the number of warm jobs."""
        return len(self.loads)


def fusions(runs: Sequence[MeasuredRun]) -> tuple[Fusion, ...]:
    """Compare each pair of runs that differ only in granularity."""
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
    """Compare the photos that have a warm job in both runs; return ``None`` if there are none."""
    sides = _by_photo(stepwise), _by_photo(fused)
    photos = sorted(photo for photo in sides[0].keys() & sides[1].keys() if all(s[photo].jobs for s in sides))
    if not photos:
        return None
    pairs = [tuple(side[photo].billed / side[photo].jobs for side in sides) for photo in photos]
    times = [
        _function_time(run, [side[photo] for photo in photos])
        for run, side in zip((stepwise, fused), sides, strict=True)
    ]
    return Fusion(stepwise=times[0], fused=times[1], share=proportion([(pair[0], pair[1]) for pair in pairs]))


def _by_photo(run: MeasuredRun) -> dict[str, _Sums]:
    """Add up the succeeded jobs by photo; each warm job is metered as if it ran alone."""
    stack = Stack.of(run.folder.run)
    photos: dict[str, _Sums] = defaultdict(_Sums)
    for job in run.jobs:
        if job.record.state != "succeeded" or job.timeline is None:
            continue
        load = JobLoad.of(job.record, run.folder.workflow, run.folder.run.at_once)
        if load is None:
            continue
        sums = photos[job.record.photo]
        sums.all_loads.append(load)
        if job.timeline.cold:
            continue
        sums.loads.append(load)
        sums.compute_ms += sum(step.compute_ms for step in job.timeline.steps)
        sums.moving_ms += sum(step.download_ms + step.upload_ms for step in job.timeline.steps)
    for sums in photos.values():
        sums.billed = _gb_seconds(stack, _by_themselves(sums.loads))
    return dict(photos)


def _gb_seconds(stack: Stack, loads: Iterable[JobLoad]) -> float:
    return float(sum(each.quantity for each in meter(stack, loads) if each.meter.startswith(METERS)))


def _by_themselves(loads: Iterable[JobLoad]) -> list[JobLoad]:
    return [load.times(1) for load in loads]


def _idle(load: JobLoad) -> JobLoad:
    """Return the load of the same job if its steps took no time."""
    at = load.began_ms
    steps = tuple(replace(step, span=Span(step.span.instance, at, at)) for step in load.steps)
    return replace(load, steps=steps, ended_ms=at)


def _function_time(run: MeasuredRun, photos: Sequence[_Sums]) -> FunctionTime:
    """Return the mean over the photos, equally weighted, for a thousand of them."""
    stack, gb = Stack.of(run.folder.run), run.folder.run.memory_mb / MB_PER_GB
    loads = list(chain.from_iterable(each.loads for each in photos))
    all_loads = list(chain.from_iterable(each.all_loads for each in photos))

    def of_a_thousand(values: list[float]) -> float:
        return sum(values) / len(values) * 1000

    billed = of_a_thousand([each.billed / each.jobs for each in photos])
    compute = of_a_thousand([each.compute_ms / each.jobs / MS_PER_SECOND * gb for each in photos])
    moving = of_a_thousand([each.moving_ms / each.jobs / MS_PER_SECOND * gb for each in photos])
    return FunctionTime(
        label=run.label,
        jobs=len(loads),
        billed=billed,
        as_sent=_gb_seconds(stack, all_loads) / len(all_loads) * 1000,
        least=_gb_seconds(stack, _by_themselves(map(_idle, loads))) / len(loads) * 1000,
        compute=compute,
        moving=moving,
        rest=billed - compute - moving,
    )
