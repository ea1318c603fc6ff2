"""The table of photos, as text cells for whoever prints it."""

from __future__ import annotations

from compare.report.model import PhotoReport, PhotoResult, Report

HEAD = ("photo", "run", "state", "end to end ms")
TAIL = ("bytes in", "bytes out")
SHOWN = 40  # photos, where there are more: a page of thousands answers no one


def shown(report: Report) -> tuple[PhotoReport, ...]:
    """Return the photos that documents show: first those where something went wrong, in the set's order."""
    troubled = [photo for photo in report.photos if _troubled(photo)]
    others = [photo for photo in report.photos if not _troubled(photo)]
    chosen = {id(photo) for photo in (*troubled, *others)[:SHOWN]}
    return tuple(photo for photo in report.photos if id(photo) in chosen)


def shown_of(report: Report) -> str:
    """Say how many photos and jobs are shown of how many."""
    photos, jobs = shown(report), sum(run.counts.uploads for run in report.runs)
    drawn = sum(len(photo.results) for photo in photos)
    told = f"{len(photos):,} of {len(report.photos):,} photos and {drawn:,} of {jobs:,} jobs are shown"
    if len(photos) < len(report.photos):
        told += ", first the photos where a job did not succeed or outputs differ; report.json has all photos"
    if drawn < jobs:
        told += "; of a photo that was sent often, the job of median time"
    return told + "."


def _troubled(photo: PhotoReport) -> bool:
    return photo.outputs == "different" or any(result.state != "succeeded" for result in photo.results)


def step_names(report: Report) -> tuple[str, ...]:
    """Return the steps that any job ran, in order of first appearance."""
    results = (result for photo in shown(report) for result in photo.results)
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
        for entry in shown(report)
        for result in entry.results
    ]
