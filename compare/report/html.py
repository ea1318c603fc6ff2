"""The report as one HTML page that needs no network and runs no script."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from compare.folder import BEFORE, RunFolder, preview_path
from compare.report import cost_tables
from compare.report.axis import Axis, LogAxis
from compare.report.cost_model import Cost, VolumePoint
from compare.report.figures import money, short, tick
from compare.report.model import PhotoReport, Point, Report
from compare.report.rendering import render as render_template
from compare.report.rows import shown, shown_of
from compare.report.words import SEGMENT_WORDS, amount, clocks, saved, why

SHOWN = 3  # renditions shown for each photo
COLOURS = 6  # hues for stacks in report.css
VARIANTS = 4  # shades for a stack's runs in report.css
TINTS = (100, 70, 45, 25)  # percentages of a purpose's colour, for its meters in turn


def render(report: Report, folders: Sequence[RunFolder]) -> str:
    """Return the page, with the photos' previews from ``folders``."""
    photos = shown(report)
    clouds = by_cloud(report)
    months = [float(cost.month_with_free_tier) for cost in report.costs]
    return render_template(
        "report.html.j2",
        report=report,
        photos=photos,
        shown_of=shown_of(report),
        previews={photo.photo: previews(photo, folders) for photo in photos},
        segment_words=SEGMENT_WORDS,
        looks=looks(report),
        job_axis=Axis.up_to(_longest_job(photos)),
        mean_axis=Axis.up_to(max((sum(run.segments.values()) for run in report.runs), default=0)),
        curve_axis=Axis.up_to(max((point.ms for run in report.runs for point in run.curve), default=0)),
        warmth_axis=Axis.up_to(max(_warmth(report), default=0)),
        cost_axis=Axis.up_to(max((float(cost.per_thousand) for cost in report.costs), default=0), 5),
        month_axis=Axis.up_to(max(months, default=0), 5),
        volume_axis=LogAxis.over(point.images for cost in report.costs for point in cost.volumes),
        amount_axis=LogAxis.over(float(point.amount) for cost in report.costs for point in cost.volumes),
        clouds=clouds,
        clocks=clocks,
        tints={cloud: tints(costs) for cloud, costs in clouds.items()},
        cloud_of={cost.label: cloud for cloud, costs in clouds.items() for cost in costs},
        fusion_axis=Axis.up_to(
            max(
                (each.billed for fusion in report.fusions for each in (fusion.stepwise, fusion.fused)),
                default=0,
            )
        ),
        cost_of={run.label: None for run in report.runs} | {cost.label: cost for cost in report.costs},
        steps_path=steps_path,
        line_path=line_path,
        amount=amount,
        tick=tick,
        grown=grown,
        short=short,
        money=money,
        saved=saved,
        why=why,
    )


def looks(report: Report) -> dict[str, str]:
    """Return the CSS classes for each run's colour: one hue for a stack, one shade for each of its runs."""
    stacks: dict[str, list[str]] = {}
    for run in report.runs:
        stacks.setdefault(run.run.stack, []).append(run.label)
    return {
        label: f"run-{hue % COLOURS + 1} variant-{shade % VARIANTS + 1}"
        for hue, labels in enumerate(stacks.values())
        for shade, label in enumerate(labels)
    }


def by_cloud(report: Report) -> dict[str, list[Cost]]:
    """Group the costs by cloud: runs on one cloud share meters."""
    clouds = {run.label: run.run.cloud for run in report.runs}
    found: dict[str, list[Cost]] = {}
    for cost in report.costs:
        found.setdefault(clouds[cost.label], []).append(cost)
    return found


def tints(costs: Sequence[Cost]) -> dict[str, str]:
    """Return a colour for each meter: that of its purpose, paler with each further meter."""
    found: dict[str, str] = {}
    used: dict[str, int] = {}
    for line in cost_tables.by_purpose(costs):
        number = used.get(line.purpose, 0)
        used[line.purpose] = number + 1
        name = line.purpose.split()[0]
        found[line.meter] = (
            f"color-mix(in oklab, var(--{name}-cost) {TINTS[number % len(TINTS)]}%, var(--card))"
        )
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


def steps_path(curve: Sequence[Point], axis: Axis) -> str:
    """Return the SVG path of a cumulative distribution in a box of 100 by 100."""
    moves = [f"M0 100H{axis.place(curve[0].ms)}"] if curve else []
    for point in curve:
        moves.append(f"H{axis.place(point.ms)}V{round(100 * (1 - point.share), 3)}")
    return "".join((*moves, "H100")) if curve else ""


def line_path(points: Iterable[VolumePoint], across: LogAxis, up: LogAxis) -> str:
    """Return the SVG path of cost by volume in a box of 100 by 100, starting at the first cost above zero."""
    paid = [point for point in points if point.amount]
    places = [f"{across.place(point.images)} {100 - up.place(float(point.amount))}" for point in paid]
    return "M" + "L".join(places) if places else ""


def _longest_job(photos: Iterable[PhotoReport]) -> float:
    times = (result.timeline for photo in photos for result in photo.results)
    return max((each.end_to_end_ms for each in times if each), default=0)


def _warmth(report: Report) -> list[float]:
    """Return the ends of the bars and whiskers of the cold and the warm jobs."""
    medians = [side.quantiles[0] for run in report.runs for side in (run.cold, run.warm)]
    return [end for each in medians for end in (each.value, each.high) if end is not None]
