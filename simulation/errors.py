"""Errors of the simulation.

The tree, below :class:`core.errors.TwinlensError`::

    SimulationError
    ├── WorkloadError       a workload file is invalid; the message names every mistake
    └── BookError           a book of parameters is invalid
"""

from __future__ import annotations

from core.errors import TwinlensError


class SimulationError(TwinlensError):
    """A simulation cannot be made as asked."""


class WorkloadError(SimulationError):
    """A workload file is invalid."""


class BookError(SimulationError):
    """A book of parameters is invalid."""
