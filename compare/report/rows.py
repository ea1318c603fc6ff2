"""The table of photos as text cells."""

from __future__ import annotations

from compare.report.model import PhotoReport, PhotoResult, Report

HEAD = ("photo", "run", "state", "end to end ms")
TAIL = ("bytes in", "bytes out")
SHOWN = 40  # photos at most: a page of thousands would be of little help


def shown(report: Report) -> tuple[PhotoReport, ...]:
    """Return the photos that HTML and Markdown show: first those with a problem, then in the set's order."""
    troubled = [photo for photo in report.photos if _troubled(photo)]
    others = [photo for photo in report.photos if not _troubled(photo)]
    chosen = {id(photo) for photo in (*troubled, *others)[:SHOWN]}
    return tuple(photo for photo in report.photos if id(photo) in chosen)


def shown_of(report: Report) -> str:
    """Say how many of the photos and jobs are shown."""
    photos, jobs = shown(report), sum(run.counts.uploads for run in report.runs)
    drawn = sum(len(photo.results) for photo in photos)
    sentence = f"{len(photos):,} of {len(report.photos):,} photos and {drawn:,} of {jobs:,} jobs are shown"
    if len(photos) < len(report.photos):
        sentence += (
            ", first those with a job that did not succeed or outputs that differ; report.json has all"
        )
    if drawn < jobs:
        sentence += "; for a photo that was sent several times, the job of median time"
    return sentence + "."


def _troubled(photo: PhotoReport) -> bool:
    return photo.outputs == "different" or any(result.state != "succeeded" for result in photo.results)


def step_names(report: Report) -> tuple[str, ...]:
    """Return the steps that any job ran, in order of first appearance."""
    results = (result for photo in shown(report) for result in photo.results)
    return tuple(
        dict.fromkeys(step.step for result in results if result.timeline for step in result.timeline.steps)
    )


def step_ms(result: PhotoResult, step: str) -> str:
    """Return the milliseconds that all attempts of the step took, or "-" if the job did not reach it."""
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
