"""Compare the results of each photo across runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from compare.folder import first_artifacts
from compare.report.measured import MeasuredJob, MeasuredRun
from compare.report.model import PhotoReport, PhotoResult


def photo_reports(runs: Sequence[MeasuredRun]) -> tuple[PhotoReport, ...]:
    """Return each photo that was sent with its result in each run, in the order of the photo sets."""
    photos = dict.fromkeys(photo for run in runs for photo in run.folder.run.photos)
    jobs = [_by_photo(run) for run in runs]
    return tuple(
        PhotoReport(
            photo=photo,
            renditions=_renditions([job for each in jobs for job in each.get(photo.name, ())]),
            outputs=_outputs([job for each in jobs for job in each.get(photo.name, ())]),
            results=tuple(
                _result(run.label, each[photo.name])
                for run, each in zip(runs, jobs, strict=True)
                if photo in run.folder.run.photos and photo.name in each
            ),
        )
        for photo in photos
        if any(photo.name in each for each in jobs)
    )


def _by_photo(run: MeasuredRun) -> dict[str, list[MeasuredJob]]:
    jobs: dict[str, list[MeasuredJob]] = {}
    for job in run.jobs:
        jobs.setdefault(job.record.photo, []).append(job)
    return jobs


def _renditions(jobs: Sequence[MeasuredJob]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for job in jobs for name in first_artifacts(job.record.job)))


def _outputs(jobs: Sequence[MeasuredJob]) -> Literal["equal", "different", "unknown"]:
    seen = [frozenset(job.record.outputs.items()) for job in jobs if job.record.outputs]
    if len(seen) < 2:
        return "unknown"
    return "equal" if len(set(seen)) == 1 else "different"


def _result(label: str, jobs: Sequence[MeasuredJob]) -> PhotoResult:
    """Return the job of median time; lost jobs count as the slowest."""
    ordered = sorted(jobs, key=lambda job: job.timeline.end_to_end_ms if job.timeline else float("inf"))
    chosen = ordered[(len(ordered) - 1) // 2]
    job = chosen.record.job
    error = job.error if job else None
    return PhotoResult(
        label=label,
        job=chosen.record.id,
        jobs=len(jobs),
        state=chosen.record.state,
        error=error.name if error else None,
        reason=error.message if error else None,
        bytes_in=job.source.size if job else 0,
        bytes_out=sum(artifact.size for artifact in job.artifacts) if job else 0,
        timeline=chosen.timeline,
    )
