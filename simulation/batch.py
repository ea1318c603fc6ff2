"""The items of a batch in simulated time: when one ends, it is the next one's turn.

A ``Map`` is no program of :mod:`simulation.program`: there, the turns that an execution can take are few, and
all executions share them. What a batch does next depends on the number of its items that are under way. So
the items are executions here, and this module has the rule of :func:`core.workflow.interpreter.interpret` and
of a distributed Map.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from compare.metering.batch import ORCHESTRATORS
from core.batch.items import PAGE
from simulation.workload import Workload


@dataclass
class Turns:
    """The items that ``coming`` yields, of which ``at_once`` run together, page by page.

    ``start`` starts an item of so many megapixels.
    """

    start: Callable[[float], None]
    coming: Iterator[float]
    at_once: int
    page: int
    _page: Iterator[float] = field(default_factory=lambda: iter(()))
    _running: int = 0

    def begin(self) -> None:
        """Start the first items of the next page."""
        self._page = islice(self.coming, self.page)
        for megapixels in islice(self._page, self.at_once):
            self._run(megapixels)

    def ended(self) -> None:
        """Start the next item in place of one that ended, or the next page after the last of a page."""
        self._running -= 1
        following = next(self._page, None)
        if following is not None:
            self._run(following)
        elif not self._running:
            self.begin()

    def _run(self, megapixels: float) -> None:
        self._running += 1
        self.start(megapixels)


def page(workload: Workload) -> int:
    """Return how many items the platform takes before it waits for all of them: a Map of AWS takes all."""
    return workload.arrivals.count if workload.platform.cloud == "aws" else PAGE


def as_items(workload: Workload) -> Workload:
    """Return a workload on the orchestrator that runs the items of batches."""
    platform = workload.platform
    if workload.arrivals.kind != "batch" or platform.cloud not in ORCHESTRATORS:
        return workload
    return replace(
        workload, platform=replace(platform, name=f"{platform.cloud}.{ORCHESTRATORS[platform.cloud]}")
    )
