"""How long tasks take: the published experiments' and the photo pipeline's."""

from __future__ import annotations

from typing import Protocol

from core.recipe import Recipe
from core.workflow.model import Workflow
from simulation.book import Values
from simulation.execution import Execution

SUMMARIZE = "summarize"
UPLOAD_SHARE = 0.3  # of an upload's time that a step waits: the rest passes while it computes
PHOTO_FIRST_CPU_S = 0.05  # a first photo's share of loading filters and formats, beside INIT


class Work(Protocol):
    """The time of tasks. ``share`` is the part of one CPU that a function has."""

    first_call_cpu_s: float  # done once in each new environment: imports and clients, on one CPU

    def cpu_s(self, activity: str, execution: Execution) -> float:
        """Return the CPU seconds of a function's task on one CPU."""

    def wait_s(self, activity: str, execution: Execution) -> float:
        """Return the seconds that it waits for a store or sleeps."""


class Sleep:
    """The work of the published experiments: a task waits for a time; the one that prepares does not."""

    def __init__(self, seconds: float, handler_cpu_s: float, first_call_cpu_s: float) -> None:
        self._seconds = seconds
        self._handler = handler_cpu_s
        self.first_call_cpu_s = first_call_cpu_s

    def cpu_s(self, activity: str, execution: Execution) -> float:
        """See :meth:`Work.cpu_s`."""
        return self._handler

    def wait_s(self, activity: str, execution: Execution) -> float:
        """See :meth:`Work.wait_s`."""
        return self._seconds if activity == "task" else 0.0


def download_s(values: Values, mib: float) -> float:
    """Return the seconds that reading an object takes: until its first byte, and by its size."""
    return values["stores.request_s"] + mib * (1.0 / values["stores.mib_per_s"])


class PhotoWork:
    """The photo pipeline: CPU time by step and megapixel, and waiting for transfers.

    ``parts`` are, by activity: CPU seconds and those per megapixel, download seconds and those per megapixel,
    upload seconds. What is no step is a call of a service.
    """

    def __init__(self, values: Values, workflow: Workflow, recipe: Recipe, cloud: str) -> None:
        self.first_call_cpu_s = values[f"{cloud}.first_call_cpu_s"] if cloud == "azure" else PHOTO_FIRST_CPU_S
        self.parts: dict[str, tuple[float, float, float, float, float]] = {}
        request, per_mib = values["stores.request_s"], 1.0 / values["stores.mib_per_s"]
        pace = values["work.pace"]
        renditions = len(recipe.sizes) + bool(recipe.filters)
        for step in workflow.steps():
            reads = renditions if "work" in step.reads else 0
            down = reads * download_s(values, values["work.rendition_mib"])
            down_size = 0.0
            if "input" in step.reads:
                down += request
                down_size = values["work.photo_mib_per_megapixel"] * per_mib
            up = 0.0
            if "work" in step.writes:
                made = bool(recipe.filters) if step.name == "apply_filters" else len(recipe.sizes)
                up += made * (request + values["work.rendition_mib"] * per_mib)
            if "output" in step.writes:
                outputs = renditions * len(recipe.outputs)
                up += outputs * (request + values["work.artifact_mib"] * per_mib)
            name = step.name if f"work.{step.name}_fixed_s" in values else "resize"
            fixed, size = values[f"work.{name}_fixed_s"], values[f"work.{name}_per_megapixel_s"]
            self.parts[step.name] = (fixed * pace, size * pace, down, down_size, up * UPLOAD_SHARE)
        self._service_s = values["stores.service_s"]
        self._summary_row_s = values[f"batch.{cloud}_summary_row_s"]

    def cpu_s(self, activity: str, execution: Execution) -> float:
        """See :meth:`Work.cpu_s`."""
        part = self.parts.get(activity)
        return 0.0 if part is None else part[0] + part[1] * execution.size

    def wait_s(self, activity: str, execution: Execution) -> float:
        """See :meth:`Work.wait_s`."""
        if activity == SUMMARIZE:
            return self._service_s + self._summary_row_s * execution.size
        part = self.parts.get(activity)
        return self._service_s if part is None else part[2] + part[3] * execution.size + part[4]
