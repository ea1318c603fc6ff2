"""The report's figures as CSV files: jobs, costs and volumes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from compare.cost.exact import text
from compare.folder import RunFolder
from compare.report.measured import measure
from compare.report.model import Report
from compare.timeline import SEGMENTS
from core.files import write_whole
from core.visible import visible

PARTS = tuple(f"{each}_ms" for each in SEGMENTS)
JOBS = ("run", "job", "photo", "state", "burst", "sent", "cold", "end_to_end_ms", *PARTS)
COSTS = (
    "run",
    "region",
    "meter",
    "purpose",
    "quantity",
    "unit",
    "amount",
    "low",
    "high",
    "month",
    "month_with_free_tier",
    "status",
    "source",
    "date",
)
VOLUMES = ("run", "images", "low", "amount", "high")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a spreadsheet recognizes a formula


def write(report: Report, folders: Sequence[RunFolder], out: Path) -> tuple[Path, ...]:
    """Write ``jobs.csv``, ``costs.csv`` and ``volumes.csv`` into ``out``; amounts are in US dollars."""
    files = {
        "jobs": (JOBS, _jobs(report, folders)),
        "costs": (COSTS, _costs(report)),
        "volumes": (VOLUMES, _volumes(report)),
    }
    paths = []
    for name, (head, rows) in files.items():
        made = io.StringIO(newline="")
        lines = csv.writer(made)
        lines.writerow(head)
        lines.writerows([[_inert(cell) for cell in row] for row in rows])
        paths.append(out / f"{name}.csv")
        write_whole(paths[-1], made.getvalue().encode())
    return tuple(paths)


def _jobs(report: Report, folders: Sequence[RunFolder]) -> Iterator[tuple[str, ...]]:
    """Yield every upload outside the warm-up, rejected and lost ones included."""
    for run, folder in zip(report.runs, folders, strict=True):
        for job in measure(folder, run.label).jobs:
            record, times = job.record, job.timeline
            figures = ["", "", *("" for _ in SEGMENTS)]
            if times is not None:
                parts = times.segments()
                figures = [str(times.cold).lower(), f"{times.end_to_end_ms:.1f}"]
                figures += [f"{parts[name]:.1f}" for name in SEGMENTS]
            yield (run.label, record.id, record.photo, record.state, str(record.burst), record.sent, *figures)


def _costs(report: Report) -> Iterator[tuple[str, ...]]:
    for cost in report.costs:
        for line in cost.lines:
            amounts = (line.amount, line.low, line.high, line.month, line.month_with_free_tier)
            yield (
                cost.label,
                cost.region,
                line.meter,
                line.purpose,
                text(line.quantity),
                line.unit,
                *map(text, amounts),
                line.status,
                line.source,
                line.date,
            )


def _volumes(report: Report) -> Iterator[tuple[str, ...]]:
    for cost in report.costs:
        for point in cost.volumes:
            yield (cost.label, str(point.images), *map(text, (point.low, point.amount, point.high)))


def _inert(cell: str) -> str:
    """Return the cell so that no spreadsheet takes a file's name for a formula."""
    shown = visible(cell)
    return f"'{shown}" if shown.startswith(FORMULA) else shown
