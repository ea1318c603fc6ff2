"""The properties of a stack that metering needs."""

from __future__ import annotations

from dataclasses import dataclass

from compare.metering import assumptions
from compare.metering.assumptions import Assumption
from compare.metering.express import EXPRESS
from compare.run import Run

ERROR, ALL, NONE = "error", "all", "none"  # log levels on AWS
INFORMATION, WARNING = "information", "warning"  # on Azure


@dataclass(frozen=True)
class Stack:
    """The configuration of a stack.

    ``email`` says whether failed jobs are reported by e-mail. ``log_level`` is that of the setting, empty for
    the cloud's default. ``step_memory_mb`` has the steps that have another memory than ``memory_mb``, with
    theirs. The reconciler runs every ``reconcile_minutes`` minutes, or never if 0. ``own_key`` says whether a
    key of the customer's own encrypts the data, ``redundancy`` how an Azure account keeps it (empty for LRS),
    and ``soft_delete_days`` how long what was deleted is kept. ``front_door`` says whether there is one,
    ``cdn`` whether it shows results by a CDN, and ``waf`` whether a firewall stands before it.
    """

    cloud: str
    orchestrator: str
    granularity: str
    architecture: str
    memory_mb: int
    region: str
    email: bool = False
    log_level: str = ""
    step_memory_mb: tuple[tuple[str, int], ...] = ()
    reconcile_minutes: int = 30
    own_key: bool = False
    redundancy: str = ""
    soft_delete_days: int = 0
    front_door: bool = False
    cdn: bool = False
    waf: bool = False

    @classmethod
    def of(cls, run: Run) -> Stack:
        """Return the stack that a run was measured on."""
        return cls(
            run.cloud,
            run.orchestrator,
            run.granularity,
            run.architecture,
            run.memory_mb,
            run.region,
            log_level=run.log_level or _level_before(run),
            step_memory_mb=tuple(run.step_memory_mb.items()),
            own_key=run.own_key,
            redundancy=run.redundancy,
            soft_delete_days=run.soft_delete_days,
            front_door=run.front_door,
            cdn=run.cdn,
            waf=run.waf,
        )

    def memory_of(self, step: str) -> int:
        """Return the memory of a step's function in MB."""
        return dict(self.step_memory_mb).get(step, self.memory_mb)


def telemetry_of(stack: Stack) -> Assumption:
    """Return the telemetry of an execution on Azure at the stack's log level."""
    return assumptions.REQUEST_BYTES if stack.log_level == WARNING else assumptions.TELEMETRY_BYTES


def _level_before(run: Run) -> str:
    """Return the log level of stacks that had no setting for it."""
    if run.cloud != "aws":
        return INFORMATION
    return ALL if run.orchestrator == EXPRESS else ERROR
