"""The one table of all photos, as text cells for whoever prints it."""

from __future__ import annotations

from compare.report.model import PhotoResult, Report

HEAD = ("photo", "run", "state", "end to end ms")
TAIL = ("bytes in", "bytes out")


def step_names(report: Report) -> tuple[str, ...]:
    """Return the steps that any job ran, in order of first appearance."""
    results = (result for photo in report.photos for result in photo.results)
    return tuple(
        dict.fromkeys(step.step for result in results if result.timeline for step in result.timeline.steps)
    )


def step_ms(result: PhotoResult, step: str) -> str:
    """Return what all tries of the step took in milliseconds, or "-" where the job did not come to it."""
    steps = result.timeline.steps if result.timeline else ()
    durations = [each.end_ms - each.start_ms for each in steps if each.step == step]
    return f"{sum(durations):,.0f}" if durations else "-"


def columns(report: Report) -> tuple[str, ...]:
    """Return the table's headings."""
    return (*HEAD, *step_names(report), *TAIL)


def rows(report: Report) -> list[tuple[str, ...]]:
    """Return a row of cells for each photo in each run."""
    steps = step_names(report)
    return [
        (
            entry.photo.name,
            result.label,
            result.state,
            f"{result.timeline.end_to_end_ms:,.0f}" if result.timeline else "-",
            *(step_ms(result, step) for step in steps),
            f"{result.bytes_in:,}",
            f"{result.bytes_out:,}",
        )
        for entry in report.photos
        for result in entry.results
    ]
