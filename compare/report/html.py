"""The report as one HTML page that needs no network and runs no script."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from compare.cost.exact import dollars
from compare.folder import BEFORE, RunFolder, preview_path
from compare.report import billed
from compare.report.axis import Axis, LogAxis
from compare.report.costs import PURPOSE_NAMES
from compare.report.model import PhotoReport, Point, Report, VolumePoint
from compare.report.rows import columns, rows
from compare.report.words import SEGMENT_WORDS, amount, clocks, duration, size, tick, verdict, why

SHOWN = 3  # renditions of a photo
COLOURS = 6  # of runs, in report.css


def render(report: Report, folders: Sequence[RunFolder]) -> str:
    """Return the page; ``folders`` are asked for the photos' previews."""
    environment = Environment(
        loader=PackageLoader("compare.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"duration": duration, "size": size, "tick": tick, "dollars": dollars}
    return environment.get_template("report.html.j2").render(
        report=report,
        previews={photo.photo: previews(photo, folders) for photo in report.photos},
        segment_words=SEGMENT_WORDS,
        job_axis=Axis.up_to(_longest_job(report)),
        mean_axis=Axis.up_to(max((sum(run.segments.values()) for run in report.runs), default=0)),
        curve_axis=Axis.up_to(max((point.ms for run in report.runs for point in run.curve), default=0)),
        colours={run.label: number % COLOURS + 1 for number, run in enumerate(report.runs)},
        columns=columns(report),
        rows=rows(report),
        steps_path=steps_path,
        cost_axis=Axis.up_to(max((float(cost.per_thousand) for cost in report.costs), default=0)),
        volume_axis=LogAxis.over(point.images for cost in report.costs for point in cost.volumes),
        amount_axis=LogAxis.over(float(point.amount) for cost in report.costs for point in cost.volumes),
        line_path=line_path,
        purposes=PURPOSE_NAMES,
        billed=billed,
        clocks=clocks,
        amount=amount,
        cost_of={run.label: None for run in report.runs} | {cost.label: cost for cost in report.costs},
        verdict=verdict,
        why=why,
    )


def previews(photo: PhotoReport, folders: Iterable[RunFolder]) -> dict[str, str | None]:
    """Return the photo's small pictures before and after, as data URIs, from the first run that kept them.

    A picture that no run kept is ``None``.
    """
    found: dict[str, str | None] = {}
    for name in (BEFORE, *photo.renditions[:SHOWN]):
        paths = (preview_path(folder.path, photo.photo, name) for folder in folders)
        path = next((path for path in paths if path.is_file()), None)
        found[name] = data_uri(path) if path else None
    return found


def data_uri(path: Path) -> str:
    """Return a JPEG file as a data URI."""
    return "data:image/jpeg;base64," + base64.b64encode(path.read_bytes()).decode()


def steps_path(curve: Sequence[Point], axis: Axis) -> str:
    """Return the SVG path of a cumulative distribution in a box of 100 by 100."""
    moves = [f"M0 100H{axis.place(curve[0].ms)}"] if curve else []
    for point in curve:
        moves.append(f"H{axis.place(point.ms)}V{round(100 * (1 - point.share), 3)}")
    return "".join((*moves, "H100")) if curve else ""


def line_path(points: Iterable[VolumePoint], across: LogAxis, up: LogAxis) -> str:
    """Return the SVG path of a cost by volume in a box of 100 by 100."""
    places = [f"{across.place(point.images)} {100 - up.place(float(point.amount))}" for point in points]
    return "M" + "L".join(places)


def _longest_job(report: Report) -> float:
    times = (result.timeline for photo in report.photos for result in photo.results)
    return max((each.end_to_end_ms for each in times if each), default=0)
