"""What metering has to know about a stack."""

from __future__ import annotations

from dataclasses import dataclass

from compare.run import Run


@dataclass(frozen=True)
class Stack:
    """How a stack runs its jobs; ``email`` tells whether someone hears of failed jobs by e-mail."""

    cloud: str
    orchestrator: str
    granularity: str
    architecture: str
    memory_mb: int
    region: str
    email: bool = False

    @classmethod
    def of(cls, run: Run) -> Stack:
        """Return the stack that a run was measured on."""
        return cls(run.cloud, run.orchestrator, run.granularity, run.architecture, run.memory_mb, run.region)
