"""The runs of a folder in the order of time, each against the one before on the same stack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from compare.folder import HEAD, RunFolder, read
from compare.report.latency import bursts, run_report
from compare.report.measured import MeasuredRun, measure
from compare.report.model import RunReport
from compare.run import RunError
from compare.statistics import Ratio, compare_quantiles

MEDIAN = 0.5


@dataclass(frozen=True)
class Past:
    """A run, and the ratio of its median to that of the run ``before`` on the same stack, if there is one."""

    folder: Path
    report: RunReport
    before: str | None
    change: Ratio | None


def history(parent: Path, stack: str | None = None) -> list[Past]:
    """Read the runs below a folder, or those of one stack, oldest first.

    Raises:
        RunError: There are none, or one cannot be read.
    """
    folders = [read(path.parent) for path in sorted(parent.glob(f"*/{HEAD}"))]
    found = sorted(
        (each for each in folders if each.jobs and stack in (None, each.run.stack)),
        key=lambda each: each.run.started,
    )
    if not found:
        whose = f" of {stack}" if stack else ""
        raise RunError(f"{parent} contains no runs{whose}; `twinlens bench` creates runs.")
    return _over_time(found)


def _over_time(folders: Sequence[RunFolder]) -> list[Past]:
    last: dict[str, MeasuredRun] = {}
    past = []
    for folder in folders:
        measured = measure(folder, folder.run.name)
        before = last.get(folder.run.stack)
        change = compare_quantiles(bursts(measured), bursts(before), MEDIAN) if before else None
        past.append(
            Past(folder.path, run_report(measured), before.folder.run.name if before else None, change)
        )
        last[folder.run.stack] = measured
    return past
