"""How long a photo would take: simulated at the book's values, and at draws of them for the interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from simulation.book import Values
from simulation.once import simulate
from simulation.predict import extrapolations, figures
from simulation.workload import Workload

P95 = "sojourn_s.p95"


@dataclass(frozen=True)
class Outlook:
    """What was simulated of one workload, by draw; the first draw is at the book's values.

    ``p95_s`` is from the end of an upload, or from asking for it at a front door, to the end of the workflow.
    ``failed`` is the share of jobs that fail, ``cold_share`` that of tasks with a cold start at the book's
    values.
    """

    p95_s: tuple[float, ...]
    failed: tuple[float, ...]
    cold_share: Decimal
    extrapolated: tuple[str, ...]

    @property
    def latency(self) -> tuple[float, float, float]:
        """Return the 95th percentile at the book's values, and the bounds of nine of ten draws."""
        low, high = np.percentile(self.p95_s, [5, 95]).tolist()
        return self.p95_s[0], min(low, self.p95_s[0]), max(high, self.p95_s[0])


def outlook(workload: Workload, values: Sequence[Values]) -> Outlook:
    """Simulate a workload once with each draw of the parameters."""
    found = [figures(simulate(workload, each, workload.seed * 10_007 + at)) for at, each in enumerate(values)]
    return Outlook(
        tuple(each[P95] for each in found),
        tuple(each["failed"] / max(1.0, each["jobs"]) for each in found),
        Decimal(str(round(found[0]["cold_share"], 3))),
        tuple(extrapolations(workload)),
    )
