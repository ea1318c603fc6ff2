"""What the models of one simulation share."""

from __future__ import annotations

from dataclasses import dataclass

from simulation.book import Values
from simulation.execution import Totals
from simulation.kernel import Kernel
from simulation.program import Program
from simulation.streams import Streams
from simulation.work import Work


@dataclass(frozen=True, slots=True)
class Context:
    """Simulated time, parameters, random numbers, totals, and what the executions do."""

    kernel: Kernel
    values: Values
    streams: Streams
    totals: Totals
    program: Program
    work: Work
