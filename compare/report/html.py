"""The report as one HTML page that needs no network; its only scripts are the page's own."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from compare.figures import tick
from compare.folder import BEFORE, RunFolder, preview_path
from compare.report.axis import Axis
from compare.report.charts import charts
from compare.report.charts.drawing import picture
from compare.report.charts.style import COLOURS
from compare.report.cost_model import Cost
from compare.report.model import PhotoReport, Report
from compare.report.rendering import render as render_template
from compare.report.rows import shown, shown_of
from compare.report.scripts import embedded, policy
from compare.report.words import SEGMENT_WORDS, clocks, saved, why

SHOWN = 3  # renditions shown for each photo


def render(report: Report, folders: Sequence[RunFolder]) -> str:
    """Return the page, with the photos' previews from ``folders``."""
    photos = shown(report)
    drawn = charts(report)
    scripts = embedded(report, drawn)
    page = render_template(
        "report.html.j2",
        report=report,
        charts=drawn,
        pictures={name: picture(name, chart.spec) for name, chart in drawn.items()},
        policy=policy(scripts),
        photos=photos,
        shown_of=shown_of(report),
        previews={photo.photo: previews(photo, folders) for photo in photos},
        segment_words=SEGMENT_WORDS,
        looks=looks(report),
        job_axis=Axis.up_to(_longest_job(photos)),
        clouds=by_cloud(report),
        cost_of={run.label: None for run in report.runs} | {cost.label: cost for cost in report.costs},
        slider=round(20 * math.log10(max(1, report.images_per_month))),
        clocks=clocks,
        tick=tick,
        grown=grown,
        saved=saved,
        why=why,
    )
    return page.replace(SCRIPTS, "\n".join(scripts.elements))


SCRIPTS = "<!-- scripts -->"  # put in last: what renders the page must not change them


def looks(report: Report) -> dict[str, str]:
    """Return the CSS class of each run's colour."""
    return {run.label: f"run-{number % COLOURS + 1}" for number, run in enumerate(report.runs)}


def by_cloud(report: Report) -> dict[str, list[Cost]]:
    """Group the costs by cloud: runs on one cloud share meters."""
    clouds = {run.label: run.run.cloud for run in report.runs}
    found: dict[str, list[Cost]] = {}
    for cost in report.costs:
        found.setdefault(clouds[cost.label], []).append(cost)
    return found


def grown(value: float | Decimal) -> float:
    """Scale ``value`` for ``flex-grow``: shares that add up to less than 1 would not fill the box."""
    return round(float(value) * 1e6, 3)


def previews(photo: PhotoReport, folders: Iterable[RunFolder]) -> dict[str, str | None]:
    """Return previews of the photo and of its renditions as data URIs, from the first run that has them.

    A preview that no run has is ``None``.
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


def _longest_job(photos: Iterable[PhotoReport]) -> float:
    times = (result.timeline for photo in photos for result in photo.results)
    return max((each.end_to_end_ms for each in times if each), default=0)
