"""Labels for the runs of a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compare.figures import listed
from compare.run import Run

# The settings that may distinguish runs of one stack, in the order in which a label names them.
SETTINGS = ("orchestrator", "granularity", "memory_mb", "architecture", "region", "recipe", "chaos")


def title(runs: Iterable[Run]) -> str:
    """Return the names of the stacks, with the number of runs where a stack has several."""
    stacks = [run.stack for run in runs]
    names = listed(list(dict.fromkeys(stacks)))
    return names if len(set(stacks)) == len(stacks) else f"{names}: {len(stacks)} runs"


def labels(runs: Sequence[Run]) -> list[str]:
    """Return each run's own label, or what distinguishes it: its stack, the settings that vary, its name."""
    stacks: dict[str, list[Run]] = {}
    for run in runs:
        stacks.setdefault(run.stack, []).append(run)
    varied = [
        name
        for name in SETTINGS
        if any(len({getattr(run, name) for run in group}) > 1 for group in stacks.values())
    ]
    names = [run.label or " ".join((run.stack, *(_setting(run, name) for name in varied))) for run in runs]
    if len(set(names)) == len(names):
        return names
    own = [run.label or f"{run.stack} {run.name}" for run in runs]
    if len(set(own)) == len(own):
        return own
    return [f"{run.stack} {number}" for number, run in enumerate(runs, start=1)]


def _setting(run: Run, name: str) -> str:
    if name == "chaos":
        return f"with {run.chaos or 'no faults'}"
    return f"{run.memory_mb} MB" if name == "memory_mb" else str(getattr(run, name))
