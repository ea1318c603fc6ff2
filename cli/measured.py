"""The latencies that runs measured of stacks with given settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.configured import Configured
from compare.folder import HEAD, read, read_head
from compare.metering import Stack
from compare.report.measured import measure
from compare.run import Run
from compare.statistics import quantile
from core.errors import SettingsError
from core.mistakes import Mistakes

P95 = 0.95
TOLD_BY_RUNS = "orchestrator, granularity, architecture, memoryMb, recipe and the log level"


@dataclass(frozen=True)
class Latency:
    """The 95 % quantile of a run's succeeded photos in seconds, with its bounds if they are enough."""

    p95_s: float
    low_s: float | None
    high_s: float | None
    where: str


def latencies(configured: Sequence[Configured], folder: Path) -> dict[str, Latency]:
    """Return the latency of each stack by its newest run in the folder, by the stack's label.

    Raises:
        SettingsError: Runs do not record what tells two stacks apart, or stacks have no run; the message has
            a line for each.
    """
    mistakes = Mistakes(SettingsError)
    heads = {path.parent: read_head(path.parent) for path in sorted(folder.glob(f"*/{HEAD}"))}
    seen: dict[tuple[str, str, Stack], str] = {}
    found = {}
    for each in configured:
        with mistakes.noted():
            wanted = _key(each.name, each.settings.recipe, each.stack)
            if wanted in seen:
                raise SettingsError(
                    f"A run does not tell {seen[wanted]} from {each.label}: it records {TOLD_BY_RUNS}."
                )
            seen[wanted] = each.label
            found[each.label] = _newest(each, [path for path, run in heads.items() if _of(run) == wanted])
    mistakes.report()
    return found


def _newest(each: Configured, folders: Sequence[Path]) -> Latency:
    """Return the latency of the newest of the runs in which a photo succeeded."""
    for path in sorted(folders, key=lambda path: read_head(path).started, reverse=True):
        run = read(path)
        times = [each.end_to_end_ms / 1000 for each in measure(run, run.run.name).times]
        measured = quantile(times, P95)
        if measured.value is not None:
            return Latency(measured.value, measured.low, measured.high, run.run.where)
    raise SettingsError(
        f"There is no run of {each.label}. Make one: set the value with `pulumi config set`, run `pulumi up "
        f"-s {each.name}` and `twinlens bench -s {each.name} --photos samples`."
    )


def _of(run: Run) -> tuple[str, str, Stack]:
    return _key(run.stack, run.recipe, Stack.of(run))


def _key(name: str, recipe: str, stack: Stack) -> tuple[str, str, Stack]:
    """Return what of a stack a run records and a latency may depend on."""
    kept = Stack(
        stack.cloud,
        stack.orchestrator,
        stack.granularity,
        stack.architecture,
        stack.memory_mb,
        region="",
        log_level=stack.log_level,
        step_memory_mb=tuple(sorted(stack.step_memory_mb)),
    )
    return name, recipe, kept
