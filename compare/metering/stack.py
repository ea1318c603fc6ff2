"""The properties of a stack that metering needs."""

from __future__ import annotations

from dataclasses import dataclass

from compare.run import Run


@dataclass(frozen=True)
class Stack:
    """The configuration of a stack; ``email`` says whether failed jobs are reported by e-mail."""

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
