"""What the models of one simulation share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulation.book import Values
from simulation.execution import Execution, Task, Totals
from simulation.kernel import Kernel
from simulation.streams import Streams
from simulation.work import Work


@dataclass(frozen=True, slots=True)
class Context:
    """Simulated time, parameters, random numbers, totals, and what the executions do.

    ``item`` returns the next item of a batch, for the batch's call that it is.
    """

    kernel: Kernel
    values: Values
    streams: Streams
    totals: Totals
    work: Work
    item: Callable[[Task], Execution]
