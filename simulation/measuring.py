"""Measure the pipeline's work on this machine: CPU time of every step, by the size of a photo."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np

from core.deployment.limits import DEFAULT_MAX_BYTES, DEFAULT_MAX_PIXELS
from core.job import Job, Source
from core.memory import MemoryStore
from core.recipe import Recipe
from core.steps import Tools, execute
from core.workflow.granularity import GRANULARITIES, pipeline_in
from simulation.errors import SimulationError

REPETITIONS = 3
LEAST_S = 1e-4


@dataclass(frozen=True)
class StepWork:
    """CPU seconds of a step: a fixed part and one per megapixel; ``error`` is the fit's mean relative one."""

    fixed_s: float
    per_megapixel_s: float
    error: float


@dataclass(frozen=True)
class Sample:
    """One photo's megapixels and the CPU seconds of its steps."""

    megapixels: float
    steps: dict[str, float]


def measure(
    photos: Sequence[Path], recipe: Recipe, progress: Callable[[Path], None] = lambda photo: None
) -> dict[str, StepWork]:
    """Run every step on every photo, in both granularities, and fit what each step takes.

    Raises:
        SimulationError: No photo could be processed.
    """
    samples = []
    for photo in photos:
        if (made := sample(photo, recipe)) is not None:
            samples.append(made)
        progress(photo)
    if not samples:
        raise SimulationError(f"None of the {len(photos)} photos could be processed, so nothing is measured.")
    return {name: fit((each.megapixels, each.steps[name]) for each in samples) for name in samples[0].steps}


def sample(photo: Path, recipe: Recipe) -> Sample | None:
    """Return the least CPU time of each step on a photo, or ``None`` if it is rejected."""
    data, steps, megapixels = photo.read_bytes(), dict[str, float](), 0.0
    for granularity in GRANULARITIES:
        for _ in range(REPETITIONS):
            store = MemoryStore({photo.name: data})
            tools = Tools(store, store, recipe, DEFAULT_MAX_BYTES, DEFAULT_MAX_PIXELS)
            source = Source("memory", photo.name, "", len(data))
            job = Job("0" * 32, recipe.name, source, "calibrate", "", "")
            for step in pipeline_in(granularity).steps():
                gc.collect()
                began = process_time()
                try:
                    job = execute(step.name, job, tools)
                except Exception:
                    return None
                took = process_time() - began
                if job.error:
                    return None
                steps[step.name] = min(took, steps.get(step.name, took))
            if job.photo:
                megapixels = job.photo.width * job.photo.height / 1e6
    return Sample(megapixels, steps)


def fit(points: Iterable[tuple[float, float]]) -> StepWork:
    """Fit a fixed part and a part per megapixel, neither negative, to (megapixels, seconds)."""
    sizes, times = (np.asarray(each) for each in zip(*points, strict=True))
    if len(set(sizes.tolist())) > 1:
        slope, fixed = np.polyfit(sizes, times, 1)
    else:
        slope, fixed = 0.0, float(np.mean(times))
    if slope < 0:
        slope, fixed = 0.0, float(np.mean(times))
    elif fixed < 0:
        slope, fixed = float(np.sum(sizes * times) / np.sum(sizes * sizes)), 0.0
    fixed = max(float(fixed), LEAST_S)
    guess = fixed + slope * sizes
    return StepWork(fixed, float(slope), float(np.mean(np.abs(guess - times) / np.maximum(times, LEAST_S))))
